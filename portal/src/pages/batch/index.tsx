import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Batch() {
  const t = useText('batch');
  return <PageHead title={t('title')} />;
}
