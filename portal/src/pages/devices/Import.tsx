// A file becomes devices: first it is only read, and each row that is bad is shown; then it is taken.
import { Button, FileButton } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type DragEvent, useState } from 'react';
import { type Answer, type Problem, asProblem, refresh, upload } from '@/api';
import { ErrorNote, SidePanel, Stat, Stats, formatNumber, notifyDone } from '@/parts';
import { useText } from '@/texts';
import classes from './Devices.module.css';

type Outcome = Answer<'post', '/v1/endpoint/import'>;
const SHOWN_ROWS = 500;
const EXAMPLE = 'name,status,service_profile,tags,msisdn\npump-17,enabled,default,"pumps,north",491570000017\n';

function useImport() {
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isPending, setPending] = useState(false);
  const send = async (from: File, dry_run: boolean) => {
    setPending(true);
    setProblem(null);
    try {
      const data = await upload('/v1/endpoint/import', { query: { dry_run, show: 'bad' } }, from, 'text/csv');
      setOutcome(data);
      if (!dry_run) await refresh(queries, ['/v1/endpoint']);
      return data;
    } catch (thrown) {
      setProblem(asProblem(thrown));
      return null;
    } finally {
      setPending(false);
    }
  };
  const read = async (chosen: File) => {
    setFile(chosen);
    setOutcome(null);
    await send(chosen, true);
  };
  return { file, outcome, problem, isPending, read, take: async () => (file === null ? null : send(file, false)) };
}

export default function Import({ close }: { close: () => void }) {
  const t = useText('devices');
  const { file, outcome, problem, isPending, read, take } = useImport();
  const good = (outcome?.new ?? 0) + (outcome?.changed ?? 0);
  const done = outcome !== null && !outcome.dry_run;
  const start = async () => {
    const taken = await take();
    // Where rows were bad the panel stays, and says it itself.
    if (taken === null || taken.bad > 0) return;
    notifyDone(t('imported', { new: formatNumber(taken.new), changed: formatNumber(taken.changed) }));
    close();
  };
  const footer = (
    <>
      <Button variant="default" onClick={close}>
        {done ? t('close') : t('cancel')}
      </Button>
      {!done && (
        <Button disabled={good === 0} loading={isPending} onClick={() => void start()}>
          {good === 0 ? t('importGo') : t('importRows', { count: good, number: formatNumber(good) })}
        </Button>
      )}
    </>
  );
  return (
    <SidePanel opened onClose={close} title={t('importTitle')} footer={footer} wide>
      <Drop name={file?.name} isPending={isPending} onFile={(chosen) => void read(chosen)} />
      <ErrorNote problem={problem} />
      {outcome ? <Verdicts outcome={outcome} /> : <About />}
    </SidePanel>
  );
}

function Drop({ name, isPending, onFile }: { name: string | undefined; isPending: boolean; onFile: (file: File) => void }) {
  const t = useText('devices');
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [first] = event.dataTransfer.files;
    if (first) onFile(first);
  };
  return (
    <div
      className={classes.drop} data-over={over || undefined}
      onDragOver={(event) => (event.preventDefault(), setOver(true))} onDragLeave={() => setOver(false)} onDrop={drop}
    >
      <span className={classes.file}>
        <IconFileSpreadsheet size={16} stroke={1.5} aria-hidden />
        <strong>{name ?? t('dropFile')}</strong>
      </span>
      <FileButton accept=".csv,.tsv,.txt,text/csv" onChange={(chosen) => chosen && onFile(chosen)} inputProps={{ 'aria-label': t('chooseFile') }}>
        {(props) => (
          <Button {...props} variant="default" loading={isPending}>
            {name ? t('otherFile') : t('chooseFile')}
          </Button>
        )}
      </FileButton>
    </div>
  );
}

function About() {
  const t = useText('devices');
  const href = `data:text/csv;charset=utf-8,${encodeURIComponent(EXAMPLE)}`;
  return (
    <>
      <p className={classes.about}>{t('importAbout')}</p>
      <p className={classes.about}>{t('importColumns')}</p>
      <p className={classes.about}>
        <a href={href} download="devices-example.csv">
          {t('importExample')}
        </a>
      </p>
    </>
  );
}

function Verdicts({ outcome }: { outcome: Outcome }) {
  const t = useText('devices');
  const bad = outcome.verdicts.filter((one) => one.verdict === 'bad');
  return (
    <>
      <p className={classes.about} role="status">
        {outcome.dry_run ? t('dryRun', { count: outcome.rows, number: formatNumber(outcome.rows) }) : t('ranNow')}
        {outcome.ignored_columns.length > 0 && ` ${t('ignored', { columns: outcome.ignored_columns.join(', ') })}`}
      </p>
      <Stats>
        <Stat label={t('rowsNew')} value={formatNumber(outcome.new)} />
        <Stat label={t('rowsChanged')} value={formatNumber(outcome.changed)} />
        <Stat label={t('rowsUnchanged')} value={formatNumber(outcome.unchanged)} />
        <Stat label={t('rowsBad')} value={formatNumber(outcome.bad)} tone={outcome.bad > 0 ? 'bad' : undefined} />
      </Stats>
      {bad.length > 0 && (
        <div className={classes.scroll} role="region" aria-label={t('badRows')} tabIndex={0}>
          <table className={classes.verdicts}>
            <thead>
              <tr>
                <th>{t('line')}</th>
                <th>{t('name')}</th>
                <th>{t('field')}</th>
                <th>{t('reason')}</th>
              </tr>
            </thead>
            <tbody>
              {bad.slice(0, SHOWN_ROWS).map((one) => (
                <tr key={one.line}>
                  <td>{formatNumber(one.line)}</td>
                  <td>{one.name || '–'}</td>
                  <td>{one.field ?? '–'}</td>
                  <td>{one.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {bad.length > SHOWN_ROWS && <p className={classes.about}>{t('moreBad', { number: formatNumber(bad.length - SHOWN_ROWS) })}</p>}
    </>
  );
}
