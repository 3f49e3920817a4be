// Between two views: it is being opened, it is over, or nobody answers.
import type { View } from './Console';
import { useText } from './texts';

type Props = {
  view: Extract<View, { at: 'opening' | 'closed' | 'away' }>;
  go: (view: View) => void;
  enterByLink: (link: string) => Promise<View>;
};

export function Note({ view, go, enterByLink }: Props) {
  const t = useText('console');
  if (view.at === 'opening') {
    return (
      <h1 className="soft" aria-live="polite">
        {t('opening')}
      </h1>
    );
  }
  const again = () => {
    const link = view.link;
    if (link === undefined) return location.reload();
    if (view.at === 'closed' && view.pin) return go({ at: 'pin', link, again: false });
    go({ at: 'opening' });
    void enterByLink(link).then(go);
  };
  if (view.at === 'away') {
    return (
      <div role="alert" className="note">
        <h1>{t('away')}</h1>
        <p>{t('awayAbout')}</p>
        <button type="button" className="primary" onClick={again}>
          {t('tryAgain')}
        </button>
      </div>
    );
  }
  const neverOpened = view.why === 'link';
  return (
    <div role="alert" className="note">
      <h1>{t(neverOpened ? 'linkClosed' : 'over')}</h1>
      <p>{t(neverOpened ? 'linkClosedAbout' : 'overAbout')}</p>
      {view.link !== undefined && (
        <button type="button" className="primary" onClick={again}>
          {t('tryAgain')}
        </button>
      )}
      <button type="button" className={view.link === undefined ? 'primary' : 'quiet'} onClick={() => go({ at: 'form' })}>
        {t('byIdentifier')}
      </button>
    </div>
  );
}
