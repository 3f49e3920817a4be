import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { EmptyPage } from '@/parts/EmptyPage';
import { PageBody, PageHead } from '@/parts/PageHead';
import { useText } from '@/texts';

export function NotFound() {
  const t = useText('shell');
  return (
    <>
      <PageHead title={t('notFound')} />
      <PageBody>
        <EmptyPage
          title={t('notFound')}
          text={t('notFoundAbout')}
          action={
            <Button component={Link} href="/">
              {t('toOverview')}
            </Button>
          }
        />
      </PageBody>
    </>
  );
}
