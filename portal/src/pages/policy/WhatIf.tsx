// What if: the draft, tried on the SMS of the last week. Nothing of it is in force.
import { Button, Group, Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { type Problem, asProblem, call } from '@/api';
import type { HeliographInterfacesRestTranslateFirewallTriedShown as Tried } from '@/api/schema';
import { ErrorNote, SidePanel, StateBadge, Stat, Stats, Time, formatNumber } from '@/parts';
import { isSaid, say, useText } from '@/texts';
import { type Changes, draftOf } from './content';
import { type Editing, usePolicy } from './editing';
import classes from './Policy.module.css';

const WEEK_MS = 7 * 86_400_000;
const EXAMPLES = 20;
const TRIED = ['mt', 'mo', 'mt_limit', 'mo_limit', 'sms_p2p_int', 'sms_p2p_ext', 'sms_p2p_send_cap', 'allow', 'block', 'content', 'windows', 'rates', 'pending', 'anomaly', 'zone'];

function useTrial(policy: Editing) {
  const [tried, setTried] = useState<Tried | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const until = Date.now();
    const body = {
      from: new Date(until - WEEK_MS).toISOString(),
      until: new Date(until).toISOString(),
      examples: EXAMPLES,
      ...draftOf(policy.saved, policy.content, policy.changes),
    };
    setProblem(null);
    call('post', '/v1/service_profile/{profile}/simulate', { params: { path: { profile: policy.profile.id } }, body, signal: stop.signal }).then(
      ({ data }) => setTried(data),
      (thrown: unknown) => stop.signal.aborted || setProblem(asProblem(thrown)),
    );
    return () => stop.abort();
    // Tried once as it stood when the panel was opened.
  }, [again]);
  return { tried, problem, retry: () => setAgain((times) => times + 1) };
}

export function WhatIf({ opened, onClose, onSave }: { opened: boolean; onClose: () => void; onSave: () => void }) {
  const t = useText('policy');
  const { saving } = usePolicy();
  const footer = (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onClose}>
        {t('whatIf.back')}
      </Button>
      <Button loading={saving} onClick={onSave}>
        {t('whatIf.save')}
      </Button>
    </Group>
  );
  return (
    <SidePanel opened={opened} onClose={onClose} title={t('whatIf.title')} footer={footer} wide>
      <Trial />
    </SidePanel>
  );
}

function Trial() {
  const t = useText('policy');
  const policy = usePolicy();
  const { tried, problem, retry } = useTrial(policy);
  if (problem) return <ErrorNote problem={problem} retry={retry} />;
  if (!tried) {
    return (
      <Group gap="xs" role="status">
        <Loader size="xs" />
        {t('whatIf.trying')}
      </Group>
    );
  }
  return (
    <div className={classes.tried}>
      <p className={classes.verdict} role="status">
        {verdict(tried, t)}
      </p>
      <Stats>
        <Stat label={t('whatIf.wouldBlock')} value={formatNumber(tried.would_block)} tone={tried.would_block > 0 ? 'bad' : undefined} hint={t('whatIf.wouldBlockHint')} />
        <Stat label={t('whatIf.wouldPass')} value={formatNumber(tried.would_pass)} tone={tried.would_pass > 0 ? 'good' : undefined} hint={t('whatIf.wouldPassHint')} />
        <Stat label={t('whatIf.same')} value={formatNumber(tried.still_pass + tried.still_blocked)} hint={t('whatIf.sameHint', { blocked: formatNumber(tried.still_blocked) })} />
      </Stats>
      <ByRule tried={tried} />
      <Examples tried={tried} />
      <Notes tried={tried} changes={policy.changes} />
    </div>
  );
}

function verdict(tried: Tried, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (tried.judged === 0) return t('whatIf.nothing');
  if (tried.would_block + tried.would_pass === 0) return t('whatIf.noChange', { count: tried.judged });
  return t('whatIf.change', { count: tried.judged, block: formatNumber(tried.would_block), pass: formatNumber(tried.would_pass) });
}

const ruleText = (code: string): string => (isSaid('refusals', code) ? say('refusals', `${code}`) : code);

function ByRule({ tried }: { tried: Tried }) {
  const t = useText('policy');
  if (tried.rules.length === 0) return null;
  return (
    <div>
      <h3 className={classes.h}>{t('whatIf.byRule')}</h3>
      <ul className={classes.list}>
        {tried.rules.map((one) => (
          <li key={`${one.code} ${one.rule} ${one.change}`}>
            <Change change={one.change} />
            <span className={classes.grow}>
              {ruleText(one.code)}
              {one.rule && <span className={classes.dim}>{one.rule}</span>}
            </span>
            <span className={classes.count}>{formatNumber(one.count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Change({ change }: { change: string }) {
  const t = useText('policy');
  return change === 'block' ? <StateBadge tone="bad">{t('whatIf.block')}</StateBadge> : <StateBadge tone="good">{t('whatIf.pass')}</StateBadge>;
}

function Examples({ tried }: { tried: Tried }) {
  const t = useText('policy');
  if (tried.examples.length === 0) return null;
  return (
    <div>
      <h3 className={classes.h}>{t('whatIf.examples')}</h3>
      <ul className={classes.list}>
        {tried.examples.map((one) => (
          <li key={one.id}>
            <Change change={one.change} />
            <span className={classes.grow}>
              <Link href={`/messages/${one.id}`}>{t('whatIf.fromTo', { from: one.source_address, to: one.dest_address })}</Link>
              <span className={classes.dim}>{ruleText(one.code)}</span>
            </span>
            <span className={classes.dim}>
              <Time at={one.submit_date} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Notes({ tried, changes }: { tried: Tried; changes: Changes }) {
  const t = useText('policy');
  const untried = Object.keys(changes).some((key) => !TRIED.includes(key));
  return (
    <ul className={classes.notes}>
      {!tried.complete && tried.judged_until && (
        <li>
          {t('whatIf.incomplete')} <Time at={tried.judged_until} exact />
        </li>
      )}
      {tried.without_text > 0 && <li>{t('whatIf.withoutText', { count: tried.without_text })}</li>}
      {tried.blocked_by_others > 0 && <li>{t('whatIf.others', { count: tried.blocked_by_others })}</li>}
      {untried && <li>{t('whatIf.untried')}</li>}
      <li>{t('whatIf.refusedNote')}</li>
      <li>{t('whatIf.beginNote')}</li>
    </ul>
  );
}
