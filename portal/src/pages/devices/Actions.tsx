// Beside the title: the list as a file, a file as devices.
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { Suspense, lazy, useState } from 'react';
import { asProblem, download, useMay } from '@/api';
import { notifyProblem } from '@/parts';
import { useText } from '@/texts';

const Import = lazy(() => import('./Import'));

export function Actions({ q, sort }: { q: string; sort: string }) {
  const t = useText('devices');
  const mayChange = useMay('device:write');
  const [importing, setImporting] = useState(false);
  const [exporting, setExporting] = useState(false);
  const save = async () => {
    setExporting(true);
    await download(`/v1/endpoint.csv?${new URLSearchParams({ ...(q ? { q } : {}), sort })}`, 'devices.csv').catch((thrown: unknown) =>
      notifyProblem(asProblem(thrown)),
    );
    setExporting(false);
  };
  return (
    <>
      <Tooltip label={t('exportAbout')}>
        <ActionIcon variant="default" size={30} loading={exporting} onClick={() => void save()} aria-label={t('export')}>
          <IconDownload size={16} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
      {mayChange && (
        <Button leftSection={<IconUpload size={14} stroke={1.5} />} onClick={() => setImporting(true)}>
          {t('import')}
        </Button>
      )}
      {importing && (
        <Suspense>
          <Import close={() => setImporting(false)} />
        </Suspense>
      )}
    </>
  );
}
