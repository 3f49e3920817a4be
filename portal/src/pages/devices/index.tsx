import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Devices() {
  const t = useText('devices');
  return <PageHead title={t('title')} />;
}
