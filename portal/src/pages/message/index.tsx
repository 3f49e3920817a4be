import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Message() {
  const t = useText('message');
  return <PageHead title={t('title')} />;
}
