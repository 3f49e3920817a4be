import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Messages() {
  const t = useText('messages');
  return <PageHead title={t('title')} />;
}
