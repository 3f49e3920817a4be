import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Organisation() {
  const t = useText('organisation');
  return <PageHead title={t('title')} />;
}
