// The other side: who may, and who may not.
import { Select, TextInput } from '@mantine/core';
import { useText } from '@/texts';
import { RuleList } from './RuleList';
import { Ways } from './Ways';
import { usePolicy } from './editing';

const MOST = 500;

export function Peers({ name }: { name: 'allow' | 'block' }) {
  const t = useText('policy');
  const { may } = usePolicy();
  const allows = name === 'allow';
  const matches = [
    { value: 'exact', label: t('firewall.exact') },
    { value: 'prefix', label: t('firewall.prefix') },
  ];
  return (
    <RuleList
      name={name}
      title={t(allows ? 'firewall.allow' : 'firewall.block')}
      about={t(allows ? 'firewall.allowAbout' : 'firewall.blockAbout')}
      none={t(allows ? 'firewall.allowNone' : 'firewall.blockNone')}
      add={t('firewall.addPeer')}
      most={MOST}
      fresh={() => ({ peer: '', match: 'exact', directions: [] })}
      render={(row, change, error) => (
        <>
          <TextInput
            flex="1 1 160px"
            aria-label={t('firewall.peer')}
            placeholder={t('firewall.peerLike')}
            maxLength={40}
            readOnly={!may}
            value={row.peer}
            error={error('peer')}
            onChange={(event) => change({ peer: event.currentTarget.value })}
          />
          <Select
            w={140}
            aria-label={t('firewall.match')}
            data={matches}
            allowDeselect={false}
            readOnly={!may}
            value={row.match ?? 'exact'}
            onChange={(match) => change({ match: match === 'prefix' ? 'prefix' : 'exact' })}
          />
          <Ways value={row.directions} onChange={(directions) => change({ directions })} />
        </>
      )}
    />
  );
}
