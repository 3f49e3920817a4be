import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Device() {
  const t = useText('device');
  return <PageHead title={t('title')} />;
}
