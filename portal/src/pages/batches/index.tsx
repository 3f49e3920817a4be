import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Batches() {
  const t = useText('batches');
  return <PageHead title={t('title')} />;
}
