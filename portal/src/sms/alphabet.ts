// The GSM 7-bit default alphabet and its extension table. 3GPP TS 23.038 §6.2.1, §6.2.1.1.
const MAIN =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '^{}\\[~]|€\f';

const septets = new Map<string, 1 | 2>([
  ...[...MAIN].map((character): [string, 1] => [character, 1]),
  ...[...EXTENSION].map((character): [string, 2] => [character, 2]),
]);

/** How many septets a character takes; undefined: it is in neither table. */
export const septetsOf = (character: string): 1 | 2 | undefined => septets.get(character);
