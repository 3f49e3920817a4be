import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Networks() {
  const t = useText('networks');
  return <PageHead title={t('title')} />;
}
