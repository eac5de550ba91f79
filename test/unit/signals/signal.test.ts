import { expect, test } from 'vitest';
import {
  consequenceOf,
  proveSignals,
  type ClaimedSignal,
  type SentRecipient,
  type SignalEvidence,
} from '../../../src/domain/outgoing/signal.js';
import { machineReason, type TrackingHit } from '../../../src/domain/outgoing/tracking-hit.js';

const bounce: ClaimedSignal = {
  kind: 'BOUNCED',
  address: 'bea@one.example',
  bounceClass: 'userUnknown',
  permanent: true,
  status: '5.1.1',
  reason: 'no such user',
};
const recipient = (more: Partial<SentRecipient> = {}): SentRecipient => ({
  id: 'r1',
  messageId: 'm1',
  address: 'bea@one.example',
  status: 'DELIVERED',
  stream: 'TRANSACTIONAL',
  recipients: 2,
  ...more,
});
const evidence = (more: Partial<SignalEvidence>): SignalEvidence => ({
  evidenceId: 'e1',
  at: '2026-11-18T10:00:00Z',
  recipientIds: [],
  quoted: ['id@example.org'],
  signals: [bounce],
  ...more,
});

test('a return path proves its recipient, whomever the report names', () => {
  const elsewhere = { ...bounce, address: 'private@elsewhere.example' };
  const [proven, ...more] = proveSignals(evidence({ recipientIds: ['r1'], signals: [elsewhere] }), [
    recipient(),
    recipient({ id: 'r2', address: 'private@elsewhere.example' }),
  ]);
  expect(more).toEqual([]);
  expect(proven).toMatchObject({ recipient: { id: 'r1' }, byReturnPath: true });
  expect(consequenceOf(proven!)).toMatchObject({
    status: 'BOUNCED',
    suppress: { reason: 'HARD_BOUNCE', scope: 'ALL' },
  });
});

test('without one, the address must be a recipient that the message was handed over for', () => {
  expect(proveSignals(evidence({}), [recipient()])).toHaveLength(1);
  expect(proveSignals(evidence({}), [recipient({ address: 'cid@one.example' })])).toEqual([]);
  expect(proveSignals(evidence({}), [recipient({ status: 'QUEUED' })])).toEqual([]);
  const nobody = { ...bounce, address: null };
  expect(proveSignals(evidence({ signals: [nobody] }), [recipient()])).toEqual([]);
  expect(proveSignals(evidence({ signals: [nobody] }), [recipient({ recipients: 1 })])).toHaveLength(1);
});

test.each([
  [{ ...bounce, permanent: false }, recipient(), 'BOUNCED', null],
  [{ ...bounce, kind: 'DELAYED' as const }, recipient(), null, null],
  [{ ...bounce, kind: 'DELIVERED' as const }, recipient({ status: 'UNCERTAIN' }), 'DELIVERED', null],
  [{ ...bounce, kind: 'COMPLAINED' as const }, recipient(), null, 'ALL'],
  [{ ...bounce, kind: 'COMPLAINED' as const }, recipient({ stream: 'BULK' }), null, 'BULK'],
])('what a signal changes: %#', (signal, about, status, scope) => {
  const consequence = consequenceOf({ recipient: about, signal, byReturnPath: true });
  expect([consequence.status, consequence.suppress?.scope ?? null]).toEqual([status, scope]);
});

test('a Message-ID that others know too does not stop all mail to a recipient', () => {
  const suppressed = (kind: ClaimedSignal['kind'], recipients: number) =>
    consequenceOf({ recipient: recipient({ recipients }), signal: { ...bounce, kind }, byReturnPath: false }).suppress;
  expect(suppressed('BOUNCED', 2)).toBeNull();
  expect(suppressed('BOUNCED', 1)).toEqual({ reason: 'HARD_BOUNCE', scope: 'ALL' });
  expect(suppressed('COMPLAINED', 2)).toEqual({ reason: 'COMPLAINT', scope: 'BULK' });
  expect(suppressed('COMPLAINED', 1)).toEqual({ reason: 'COMPLAINT', scope: 'ALL' });
});

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const hit = (more: Partial<TrackingHit>): TrackingHit => ({
  use: 'open',
  method: 'GET',
  userAgent: FIREFOX,
  secondsSinceDelivery: 600,
  clicksTogether: false,
  ...more,
});

test('a browser some time after the delivery is a person', () => {
  expect(machineReason(hit({}))).toBeNull();
  expect(machineReason(hit({ use: 'click' }))).toBeNull();
});

test.each([
  hit({ method: 'HEAD' }),
  hit({ userAgent: null }),
  hit({ userAgent: 'Mozilla/5.0' }),
  hit({ userAgent: 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)' }),
  hit({ userAgent: 'python-requests/2.32' }),
  hit({ secondsSinceDelivery: 0.4 }),
  hit({ secondsSinceDelivery: null }),
  hit({ use: 'click', clicksTogether: true }),
])('a machine is told apart: %#', (given) => expect(machineReason(given)).toEqual(expect.any(String)));
