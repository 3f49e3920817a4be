// The npm package smpp as a peer, client or message centre, driven by a test: JSON lines in, JSON lines out.
//
// In: what to do (connect, listen, say, answer, close, drop). Out: what happened, with every PDU as the package
// read it. It answers enquire_link and unbind by itself. A buffer is {"hex": "…"}, both ways.

'use strict';

const fs = require('fs');
const readline = require('readline');
const smpp = require('smpp');

const sessions = new Map();
let last = 0;

function tell(event) {
  process.stdout.write(JSON.stringify(event, shown) + '\n');
}

function shown(key, value) {
  return value && value.type === 'Buffer' ? { hex: Buffer.from(value.data).toString('hex') } : value;
}

function read(key, value) {
  return value && typeof value.hex === 'string' ? Buffer.from(value.hex, 'hex') : value;
}

function follow(session) {
  const number = ++last;
  sessions.set(number, session);
  session.on('pdu', (pdu) => {
    if (pdu.command === 'enquire_link') {
      session.send(pdu.response());
      return;
    }
    tell({ event: 'pdu', session: number, pdu });
    if (pdu.command === 'unbind') {
      session.send(pdu.response());
      session.close();
    }
  });
  session.on('error', (error) => tell({ event: 'error', session: number, why: String(error) }));
  session.on('close', () => {
    sessions.delete(number);
    tell({ event: 'closed', session: number });
  });
  return number;
}

const acts = {
  connect({ port, ca }) {
    const options = { host: 'localhost', port };
    if (ca) {
      Object.assign(options, { tls: true, ca: fs.readFileSync(ca) });
    }
    const session = smpp.connect(options, () => tell({ event: 'session', session: number }));
    const number = follow(session);
  },
  listen({ port, certificate, key, ca }) {
    const options = certificate ? { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) } : {};
    if (ca) {
      Object.assign(options, { ca: fs.readFileSync(ca), requestCert: true, rejectUnauthorized: true });
    }
    const server = smpp.createServer(options, (session) => {
      tell({ event: 'session', session: follow(session) });
    });
    server.listen(port || 0, '127.0.0.1', () => tell({ event: 'listening', port: server.address().port }));
  },
  say({ session, command, fields }) {
    sessions.get(session).send(new smpp.PDU(command, fields));
  },
  // Several at once: in one read of the other side.
  say_all({ session, pdus }) {
    const octets = pdus.map(({ command, fields }) => new smpp.PDU(command, fields).toBuffer());
    sessions.get(session).socket.write(Buffer.concat(octets));
  },
  close({ session }) {
    sessions.get(session)?.close(); // the other side may have been first
  },
  drop({ session }) {
    sessions.get(session)?.destroy();
  },
};

const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const order = JSON.parse(line, read);
  try {
    acts[order.act](order);
  } catch (error) {
    tell({ event: 'failed', order: order.act, why: String(error.stack || error) });
  }
});
lines.on('close', () => process.exit(0));
