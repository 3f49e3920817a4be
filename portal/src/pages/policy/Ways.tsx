// For which directions a rule counts.
import { useText } from '@/texts';
import { Toggles } from './Toggles';
import { usePolicy } from './editing';

export type Way = 'MO' | 'MT' | 'P2P';
type Props = { value: readonly Way[] | undefined; onChange: (value: Way[]) => void };

export function Ways({ value, onChange }: Props) {
  const t = useText('policy');
  const { may } = usePolicy();
  const options = [
    { value: 'MT', label: t('ways.mt'), title: t('ways.mtTitle') },
    { value: 'MO', label: t('ways.mo'), title: t('ways.moTitle') },
    { value: 'P2P', label: t('ways.p2p'), title: t('ways.p2pTitle') },
  ] as const;
  return <Toggles label={t('ways.label')} options={options} value={value} onChange={onChange} readOnly={!may} />;
}
