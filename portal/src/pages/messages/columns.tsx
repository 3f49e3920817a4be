// The columns of the list of messages.
import { IconArrowDownLeft, IconArrowUpRight, IconArrowsRightLeft } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { Answer, Row } from '@/api';
import { type Column, Mono, SmsState, Time } from '@/parts';
import { useText } from '@/texts';
import classes from './Messages.module.css';

export type Sms = Row<Answer<'get', '/v1/sms'>>;

const ICONS = { MT: IconArrowUpRight, MO: IconArrowDownLeft, P2P: IconArrowsRightLeft };

function Way({ direction }: { direction: string }) {
  const t = useText('messages');
  const Icon = ICONS[direction as keyof typeof ICONS] ?? IconArrowUpRight;
  return (
    <span className={classes.way} title={t(`way.${direction}`)}>
      <Icon size={16} stroke={1.5} aria-hidden />
      <span className="visually-hidden">{t(`way.${direction}`)}</span>
    </span>
  );
}

/** Who sends: a device by its name, others by their address. */
const Party = ({ sms, sends }: { sms: Sms; sends: boolean }) => {
  const isDevice = (sms.direction === 'MO') === sends && sms.direction !== 'P2P' && sms.endpoint !== null;
  const address = sends ? sms.source_address : sms.dest_address;
  if (!isDevice || sms.endpoint === null) return <Mono>{address || '–'}</Mono>;
  return (
    <Link href={`/devices/${sms.endpoint.id}`} tabIndex={-1} title={address}>
      {sms.endpoint.name}
    </Link>
  );
};

export function useColumns(): Column<Sms>[] {
  const t = useText('messages');
  return [
    { key: 'way', title: t('direction'), width: '68px', from: 560, render: (sms) => <Way direction={sms.direction} /> },
    { key: 'at', title: t('at'), width: '104px', render: (sms) => <Time at={sms.submit_date} /> },
    { key: 'from', title: t('from'), width: 'minmax(90px, 150px)', from: 560, render: (sms) => <Party sms={sms} sends /> },
    { key: 'to', title: t('to'), width: 'minmax(90px, 150px)', from: 760, render: (sms) => <Party sms={sms} sends={false} /> },
    { key: 'text', title: t('text'), render: (sms) => sms.payload ?? <span className={classes.gone}>{t('gone')}</span> },
    { key: 'state', title: t('state'), width: '108px', render: (sms) => <SmsState status={sms.status} reason={sms.reason} /> },
    {
      key: 'reason',
      title: t('reason'),
      width: 'minmax(80px, 160px)',
      from: 1080,
      render: (sms) => <span className={classes.gone}>{sms.reason ?? ''}</span>,
    },
  ];
}
