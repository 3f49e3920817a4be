import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Overview() {
  const t = useText('overview');
  return <PageHead title={t('title')} />;
}
