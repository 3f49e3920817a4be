// Which of its views the console shows: a form, a PIN, the conversation, or that it is over.
import { useCallback, useEffect, useState } from 'react';
import type { SessionShown } from '@/api/schema';
import { type Opening, Refused, askSession, openConsole } from './api';
import { IdentifierForm } from './IdentifierForm';
import { keep, kept, takeLink } from './kept';
import { Note } from './Note';
import { PinForm } from './PinForm';
import { TalkView } from './TalkView';
import { type Language, type Say, Words, keepLanguage, loadSay, preferred } from './texts';
import { readTime } from './times';

export type View =
  | { at: 'opening' }
  | { at: 'form' }
  | { at: 'pin'; link: string; again: boolean }
  | { at: 'talk'; token: string; session: SessionShown }
  | { at: 'closed'; why: 'link' | 'over'; link?: string; pin?: boolean }
  | { at: 'away'; link?: string };

const isOver = (thrown: unknown): boolean => thrown instanceof Refused && thrown.status === 401;

/** Opens, keeps the token, and finds out what may be done. */
async function enter(opening: Opening, pin: boolean): Promise<View> {
  const opened = await openConsole(opening);
  const link = 'link' in opening ? opening.link : undefined;
  keep({ token: opened.console_token, until: readTime(opened.expiry_date), link, pin });
  return { at: 'talk', token: opened.console_token, session: await askSession(opened.console_token) };
}

async function enterByLink(link: string): Promise<View> {
  try {
    return await enter({ link }, false);
  } catch (thrown) {
    return isOver(thrown) ? { at: 'closed', why: 'link', link } : { at: 'away', link };
  }
}

/** What was left when the page was loaded. */
async function firstView(): Promise<View> {
  const given = takeLink();
  if (given !== null) {
    keep(null);
    return given.pin ? { at: 'pin', link: given.link, again: false } : enterByLink(given.link);
  }
  const before = kept();
  if (before === null) return { at: 'form' };
  try {
    return { at: 'talk', token: before.token, session: await askSession(before.token) };
  } catch (thrown) {
    return isOver(thrown) ? afterwards() : { at: 'away' };
  }
}

/** The token does not count any more. After its hour the link opens again; before, somebody has ended it. */
async function afterwards(): Promise<View> {
  const before = kept();
  keep(null);
  if (before?.link === undefined) return { at: 'closed', why: 'over' };
  if (Date.now() < before.until) return { at: 'closed', why: 'over', link: before.link, pin: before.pin };
  return before.pin ? { at: 'pin', link: before.link, again: true } : enterByLink(before.link);
}

export function Console() {
  const [language, setLanguage] = useState<Language>(preferred);
  const [say, setSay] = useState<Say | null>(null);
  const [view, setView] = useState<View>({ at: 'opening' });
  useEffect(() => {
    void loadSay(language).then((loaded) => {
      document.documentElement.lang = language;
      document.title = loaded('title');
      setSay(() => loaded);
    });
  }, [language]);
  useEffect(() => {
    const begin = () => void firstView().then(setView);
    begin();
    // A link that is pasted into this very window changes nothing but what is behind #.
    const pasted = () => location.hash && begin();
    window.addEventListener('hashchange', pasted);
    return () => window.removeEventListener('hashchange', pasted);
  }, []);
  const over = useCallback(() => void afterwards().then(setView), []);
  if (say === null) return null;
  const choose = (code: Language) => {
    keepLanguage(code);
    setLanguage(code);
  };
  const open = async (opening: Opening, pin: boolean) => setView(await enter(opening, pin));
  return (
    <Words value={{ language, say }}>
      {view.at === 'talk' ? (
        <TalkView key={view.token} token={view.token} first={view.session} onOver={over} onLeave={() => leave(setView)} />
      ) : (
        <main className="sheet">
          <img src="/favicon.svg" alt="" width={36} height={36} />
          {view.at === 'form' && <IdentifierForm onOpen={(opening) => open(opening, false)} />}
          {view.at === 'pin' && <PinForm again={view.again} onOpen={(pin) => open({ link: view.link, pin }, true)} />}
          {(view.at === 'opening' || view.at === 'closed' || view.at === 'away') && <Note view={view} go={setView} enterByLink={enterByLink} />}
          <Languages chosen={language} onChoose={choose} />
        </main>
      )}
    </Words>
  );
}

function leave(setView: (view: View) => void): void {
  keep(null);
  setView({ at: 'form' });
}

const LANGUAGES = [
  ['en', 'English'],
  ['de', 'Deutsch'],
] as const;

function Languages({ chosen, onChoose }: { chosen: Language; onChoose: (code: Language) => void }) {
  return (
    <div className="languages">
      {LANGUAGES.map(([code, name]) => (
        <button key={code} type="button" lang={code} className="quiet" aria-pressed={code === chosen} onClick={() => onChoose(code)}>
          {name}
        </button>
      ))}
    </div>
  );
}
