// The map: lanes queue up at their gates, and each gate leads to a network or an application.
import { useSearchParams } from 'wouter';
import { useGet, useLive } from '@/api';
import { EmptyPage, ErrorNote, PageBody } from '@/parts';
import { useText } from '@/texts';
import { IconAntennaBars5 } from '@tabler/icons-react';
import { FilterMenu } from '@/parts/FilterMenu';
import { GateRow } from './GateRow';
import { type Gate, type Lane, STATES, toneOf } from './lanes';
import classes from './Networks.module.css';

const KINDS = ['simulator', 'upstream', 'callback', 'smpp_account', 'application'] as const;
const MOST_LANES = 500; // that are drawn; how many there are is counted by the API
const LIVE_MS = 2_000;

export type Shown = Omit<Gate, 'kind'> & { kind: string };

export function Gates() {
  const t = useText('networks');
  const [params, setParams] = useSearchParams();
  const kind = params.get('kind') ?? '';
  const gates = useGet('/v1/network', { query: { per_page: 500 } });
  const lanes = useGet('/v1/lane', { query: { per_page: MOST_LANES } });
  useLive(['/v1/network', '/v1/lane'], () => true, LIVE_MS);
  const all = gates.data && [...gates.data, ...unlisted(gates.data, lanes.data ?? [])];
  const shown = all?.filter((gate) => kind === '' || gate.kind === kind);
  return (
    <PageBody>
      <ErrorNote problem={gates.error ?? lanes.error} retry={() => void gates.refetch().then(() => lanes.refetch())} />
      <div className={classes.above}>
        <FilterMenu
          label={t('kind')}
          all={t('anyKind')}
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
          onChange={(value) => setParams(value ? { kind: value } : {}, { replace: true })}
        />
        <Legend />
      </div>
      <ul className={classes.gates} aria-label={t('map')} aria-busy={shown === undefined}>
        {shown?.map((gate) => (
          <GateRow key={gate.gate} gate={gate} lanes={lanes.data?.filter((lane) => lane.gate === gate.gate) ?? []} />
        ))}
      </ul>
      {shown?.length === 0 && <EmptyPage Icon={IconAntennaBars5} title={t('noGates')} text={t('noGatesAbout')} />}
    </PageBody>
  );
}

/** Lanes also hang on applications that never connected: those are no gates yet, but people should see them. */
function unlisted(gates: readonly Gate[], lanes: readonly Lane[]): Shown[] {
  const found = new Map<string, Shown>();
  for (const lane of lanes) {
    if (gates.some(({ gate }) => gate === lane.gate)) continue;
    const { waiting } = found.get(lane.gate) ?? { waiting: { lanes: 0, messages: 0, more: lanes.length === MOST_LANES } };
    found.set(lane.gate, {
      gate: lane.gate,
      kind: 'application',
      id: null,
      name: lane.application?.name ?? lane.gate,
      state: 'closed',
      reason: lane.reason,
      since: null,
      until: null,
      failures: 0,
      window: null,
      in_flight: null,
      rate_per_s: null,
      waiting: { ...waiting, lanes: waiting.lanes + 1, messages: waiting.messages + lane.waiting },
    });
  }
  return [...found.values()];
}

function Legend() {
  const t = useText('networks');
  return (
    <div className={classes.legend}>
      {STATES.map((state) => (
        <span key={state} className={classes.key}>
          <span className={classes.lane} data-tone={toneOf(state)} data-state={state} aria-hidden />
          {t(`state.${state}`)}
        </span>
      ))}
    </div>
  );
}
