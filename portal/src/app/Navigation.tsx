import { Link, useLocation } from 'wouter';
import { useMe } from '@/api';
import { covers } from '@/api/may';
import { useText } from '@/texts';
import { Live } from './Live';
import classes from './Shell.module.css';
import { UserMenu } from './UserMenu';
import { isIn, places } from './navigation';
import { routes } from './routes';

export function Navigation() {
  const t = useText('shell');
  const [path] = useLocation();
  const me = useMe();
  // All of them while it is not known: nothing shall jump when it is.
  const shown = places.filter(({ scope }) => me.data === undefined || covers(me.data.scopes, scope));
  return (
    <div className={classes.navigation}>
      <Link href="/" className={classes.brand}>
        <img src="/favicon.svg" alt="" width={20} height={20} />
        Heliograph
      </Link>
      <nav aria-label={t('places')}>
        {shown.map(({ key, path: to, Icon }) => (
          <Link
            key={key}
            href={to}
            className={classes.place}
            aria-current={isIn(path, to) ? 'page' : undefined}
            onPointerEnter={() => void routes.find((route) => route.path.startsWith(to))?.load()}
          >
            <Icon size={16} stroke={1.5} aria-hidden />
            {t(`place.${key}`)}
          </Link>
        ))}
      </nav>
      <div className={classes.rest} />
      <Live />
      <UserMenu />
    </div>
  );
}
