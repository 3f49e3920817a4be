// A route, made or changed.
import { Button, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { fieldErrors, useChange, useGet } from '@/api';
import { ErrorNote, SidePanel, confirm, fieldText, notifyDone } from '@/parts';
import { useText } from '@/texts';
import classes from './Networks.module.css';
import type { Route } from './Routes';

const ID = 'route';

export function RoutePanel({ route, onClose }: { route: Route | null; onClose: () => void }) {
  const t = useText('networks');
  const add = useChange('post', '/v1/sms_route');
  const change = useChange('patch', '/v1/sms_route/{route}');
  const remove = useChange('delete', '/v1/sms_route/{route}');
  const problem = add.error ?? change.error ?? remove.error;
  const path = { path: { route: route?.id ?? 0 } };
  const done = (text: string) => ({
    onSuccess: () => {
      notifyDone(text);
      onClose();
    },
  });
  const drop = async () => {
    if (await confirm({ title: t('dropTitle'), text: t('dropText'), action: t('drop'), danger: true }))
      remove.mutate({ params: path }, done(t('dropped')));
  };
  const footer = (
    <>
      {route && (
        <Button variant="default" className={classes.first} onClick={() => void drop()}>
          {t('drop')}
        </Button>
      )}
      <Button variant="default" onClick={onClose}>
        {t('cancel')}
      </Button>
      <Button type="submit" form={ID} loading={add.isPending || change.isPending}>
        {t(route ? 'save' : 'addRoute')}
      </Button>
    </>
  );
  return (
    <SidePanel opened onClose={onClose} title={t(route ? 'route' : 'addRoute')} footer={footer}>
      {Object.keys(fieldErrors(problem)).length === 0 && <ErrorNote problem={problem} />}
      <Fields
        route={route}
        wrong={fieldErrors(problem)}
        save={(body) => (route ? change.mutate({ params: path, body }, done(t('saved'))) : add.mutate({ body }, done(t('added'))))}
      />
    </SidePanel>
  );
}

type Wish = { upstream: { id: number }; prefix: string; cost: number; weight: number; enabled: boolean };
type FieldsProps = { route: Route | null; wrong: Record<string, string>; save: (wish: Wish) => void };

function Fields({ route, wrong, save }: FieldsProps) {
  const t = useText('networks');
  const upstreams = useGet('/v1/upstream');
  const [upstream, setUpstream] = useState<number | null>(route?.upstream.id ?? null);
  const [prefix, setPrefix] = useState(route?.prefix ?? '');
  const [cost, setCost] = useState(route?.cost ?? 0);
  const [weight, setWeight] = useState(route?.weight ?? 1);
  const [enabled, enable] = useState(route?.enabled ?? true);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (upstream !== null) save({ upstream: { id: upstream }, prefix: prefix.replace(/\D/g, ''), cost, weight, enabled });
  };
  if (upstreams.data?.length === 0) {
    return (
      <p className={classes.quiet}>
        {t('noUpstreams')} <Link href="/integrations/upstreams">{t('toUpstreams')}</Link>
      </p>
    );
  }
  return (
    <form id={ID} onSubmit={submit} className={classes.form}>
      <TextInput
        label={t('prefix')} description={t('prefixAbout')} value={prefix} inputMode="tel"
        error={fieldText(wrong['prefix'])} onChange={(event) => setPrefix(event.currentTarget.value)}
      />
      <Select
        label={t('upstream')} placeholder={t('pickUpstream')} required withAsterisk={false} allowDeselect={false}
        data={upstreams.data?.map((one) => ({ value: String(one.id), label: one.name })) ?? []}
        value={upstream === null ? null : String(upstream)}
        error={fieldText(wrong['upstream'])} onChange={(value) => setUpstream(value === null ? null : Number(value))}
      />
      <NumberInput
        label={t('cost')} description={t('costAbout')} value={cost} min={0}
        error={fieldText(wrong['cost'])} onChange={(value) => setCost(Number(value))}
      />
      <NumberInput
        label={t('weight')} description={t('weightAbout')} value={weight} min={1} allowDecimal={false}
        error={fieldText(wrong['weight'])} onChange={(value) => setWeight(Number(value))}
      />
      <Switch label={t('routeOn')} checked={enabled} onChange={(event) => enable(event.currentTarget.checked)} />
    </form>
  );
}
