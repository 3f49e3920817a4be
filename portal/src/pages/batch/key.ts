// A key that marks one call, so that a second click does not send twice. 16 octets of chance, as hexadecimal.
export const freshKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((octet) => octet.toString(16).padStart(2, '0')).join('');
