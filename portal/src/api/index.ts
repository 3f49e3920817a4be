// Everything that pages need of the API.
export { call, download, upload } from './client';
export type { Answer, Body, Params } from './client';
export { useMay, useMe } from './may';
export { pageOf } from './pages';
export type { Page } from './pages';
export { Problem, asProblem, fieldErrors } from './problem';
export { fetchPage, idOf, keyOf, refresh, useChange, useGet, useLive, useNews, usePage, usePages } from './query';
export type { Row } from './query';
export { useKeyset, useNumbered, useRowsOf } from './rows';
export type { Rows } from './rows';
export type { EventNews, News, SmsNews } from './stream';
export { useLiveness, useSession } from './useSession';
