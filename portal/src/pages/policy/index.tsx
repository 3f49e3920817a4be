import { PageHead } from '@/parts';
import { useText } from '@/texts';

export default function Policy() {
  const t = useText('policy');
  return <PageHead title={t('title')} />;
}
