import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ClientSession } from '../../../src/ingress/client-session.js';
import { reasonToTurnOut } from '../../../src/ingress/slow-clients.js';
import { UnconfirmedLedger } from '../../../src/ingress/unconfirmed.js';

const limits = { dataMs: 60_000, slowStartMs: 10_000, bytesPerSecond: 100, withoutMailMs: 30_000 };

function session(more: Partial<ClientSession>): ClientSession {
  const ledger = new UnconfirmedLedger('b3c1d1a2-0000-4000-8000-000000000000', () => undefined);
  return Object.assign(new ClientSession('1', '192.0.2.1', {} as Socket, ledger), { movedAt: 0 }, more);
}

const reading = (received: number) => session({ busy: true, reading: { since: 0, progress: { received } } });

test('a message may start slowly, must then come at the least rate and end in time', () => {
  expect(reasonToTurnOut(reading(0), limits, 9_000)).toBeNull();
  expect(reasonToTurnOut(reading(1_000), limits, 11_000)).toContain('too slowly');
  expect(reasonToTurnOut(reading(2_000), limits, 11_000)).toBeNull();
  expect(reasonToTurnOut(reading(99_999_999), limits, 61_000)).toContain('too long');
});

test('one that waits for our commit is never turned out, one without mail is', () => {
  expect(reasonToTurnOut(session({ busy: true }), limits, 1_000_000)).toBeNull();
  expect(reasonToTurnOut(session({}), limits, 29_000)).toBeNull();
  expect(reasonToTurnOut(session({}), limits, 31_000)).toContain('no mail');
});
