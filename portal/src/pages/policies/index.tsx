import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Policies() {
  const t = useText('policies');
  return <PageHead title={t('title')} />;
}
