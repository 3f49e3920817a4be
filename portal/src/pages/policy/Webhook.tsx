// The webhook of a policy: whom it calls, what signs it, and a test call.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { useChange, useGet, useMay } from '@/api';
import type { TestShown } from '@/api/schema';
import { Code, ErrorNote, Setting, SettingsRow, SettingsSection, StateBadge, formatNumber } from '@/parts';
import { useText } from '@/texts';
import { NewCallback, NewSecret } from './NewWebhook';
import { usePolicy } from './editing';
import { ChoiceSetting, FlagSetting } from './fields';
import classes from './Policy.module.css';

const SHORT = { query: { per_page: 1_000 } };

export function Webhook() {
  const t = useText('policy');
  const { content, change } = usePolicy();
  const may = useMay('callback:write');
  const [making, setMaking] = useState<'callback' | 'secret' | null>(null);
  const callbacks = useGet('/v1/api_callback', SHORT);
  const secrets = useGet('/v1/api_secret', SHORT);
  const consumers = useGet('/v1/feed/consumer', SHORT);
  const callback = callbacks.data?.find(({ id }) => id === content.api_callback);
  return (
    <SettingsSection title={t('webhook.title')} about={t('webhook.about')}>
      <ChoiceSetting
        name="api_callback"
        label={t('webhook.callback')}
        about={callback ? callback.url : t('webhook.callbackAbout')}
        none={t('webhook.noCallback')}
        choices={callbacks.data?.map((one) => ({ value: String(one.id), label: one.purpose || one.url }))}
      >
        {may && <Button variant="default" onClick={() => setMaking('callback')}>{t('webhook.new')}</Button>}
      </ChoiceSetting>
      {callback?.disabled_because && <SettingsRow><StateBadge tone="bad">{t('webhook.off', { because: callback.disabled_because })}</StateBadge></SettingsRow>}
      <ChoiceSetting
        name="api_secret"
        label={t('webhook.secret')}
        about={t('webhook.secretAbout')}
        none={t('webhook.noSecret')}
        choices={secrets.data?.map((one) => ({ value: String(one.id), label: one.purpose || t('webhook.secretNumber', { id: one.id }) }))}
      >
        {may && <Button variant="default" onClick={() => setMaking('secret')}>{t('webhook.new')}</Button>}
      </ChoiceSetting>
      {may && content.api_callback !== null && <Test key={`${content.api_callback} ${content.api_secret}`} callback={content.api_callback} secret={content.api_secret} />}
      {content.api_callback === null && (
        <ChoiceSetting
          name="feed_consumer"
          label={t('webhook.feed')}
          about={t('webhook.feedAbout')}
          none={t('webhook.nobody')}
          choices={consumers.data?.map((one) => ({ value: String(one.id), label: one.name }))}
        />
      )}
      <FlagSetting name="sms_mo_per_part" label={t('webhook.perPart')} about={t('webhook.perPartAbout')} />
      <Setting label={t('webhook.log')} about={t('webhook.logAbout')}>
        <Link href="/integrations">{t('webhook.openLog')}</Link>
      </Setting>
      <NewCallback opened={making === 'callback'} onClose={() => setMaking(null)} onMade={(api_callback) => change({ api_callback })} />
      <NewSecret opened={making === 'secret'} onClose={() => setMaking(null)} onMade={(api_secret) => change({ api_secret })} />
    </SettingsSection>
  );
}

/** One call to the application's server, now, as an SMS from a device would make it. */
function Test({ callback, secret }: { callback: number; secret: number | null }) {
  const t = useText('policy');
  const test = useChange('post', '/v1/api_callback/{callback}/test');
  const send = () => test.mutate({ params: { path: { callback } }, body: secret === null ? {} : { api_secret: { id: secret } } });
  return (
    <>
      <Setting label={t('webhook.test')} about={t('webhook.testAbout')}>
        <Button variant="default" loading={test.isPending} onClick={send}>
          {t('webhook.send')}
        </Button>
      </Setting>
      {(test.data || test.error) && (
        <SettingsRow>
          <ErrorNote problem={test.error} />
          {test.data && <Result call={test.data} />}
        </SettingsRow>
      )}
    </>
  );
}

function Result({ call }: { call: TestShown }) {
  const t = useText('policy');
  const good = call.result === 'delivered';
  return (
    <div className={classes.result} role="status">
      <StateBadge tone={good ? 'good' : 'bad'}>{t(good ? 'webhook.good' : 'webhook.failed', { ms: formatNumber(call.latency_ms) })}</StateBadge>
      <span className={classes.dim}>{call.description}</span>
      {call.answer && (
        <div className={classes.answer}>
          <Code text={call.answer} label={t('webhook.answer')} />
        </div>
      )}
    </div>
  );
}
