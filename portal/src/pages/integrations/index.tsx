import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Integrations() {
  const t = useText('integrations');
  return <PageHead title={t('title')} />;
}
