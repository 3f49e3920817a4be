// Other ways in, when the API says that there are any: `{"oidc": {"name", "url"}}`. Most have none.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useText } from '@/texts';
import classes from './SignIn.module.css';

type Methods = { oidc?: { name: string; url: string } };

async function methods(): Promise<Methods> {
  const answer = await fetch('/api/v1/authenticate/methods');
  return answer.ok ? ((await answer.json()) as Methods) : {};
}

export function Providers() {
  const t = useText('signin');
  const { data } = useQuery({ queryKey: ['get', '/v1/authenticate/methods'], queryFn: methods, retry: false });
  if (!data?.oidc) return null;
  return (
    <div className={classes.providers}>
      <span className={classes.or}>{t('or')}</span>
      <Button component="a" href={data.oidc.url} variant="default" size="sm" fullWidth>
        {t('with', { name: data.oidc.name })}
      </Button>
    </div>
  );
}
