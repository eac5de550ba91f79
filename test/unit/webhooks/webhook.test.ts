import { Webhook as Verifier } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { newWebhookSecret, signWebhook, webhookMessageId } from '../../../src/adapters/webhooks/webhook-secrets.js';
import {
  classifyAnswer,
  retryAfterMs,
  shownUrl,
  wantsEvent,
  webhookBody,
  webhookProblems,
} from '../../../src/domain/webhook.js';

const NOW = Date.parse('2026-11-21T10:00:00Z');

test.each([
  [['*'], 'message.status', true],
  [['message.*'], 'message.status', true],
  [['message.*'], 'messages.status', false],
  [['message.*'], 'run.ended', false],
  [['run.ended', 'message.status'], 'message.status', true],
  [['message'], 'message.status', false],
  [['.*'], 'message.status', false],
])('%j wants %s: %s', (patterns, kind, wanted) => {
  expect(wantsEvent(patterns, kind)).toBe(wanted);
});

test.each([
  ['https://example.org/hook?key=1', false, []],
  ['https://[2001:db8::1]:8443/', false, []],
  ['http://10.0.0.7/', true, []],
  ['http://example.org/', false, ['url']],
  ['ftp://example.org/', true, ['url']],
  ['https://user:password@example.org/', false, ['url']],
  ['https://example.org/#there', false, ['url']],
  ['https://example.org/\r\nx', false, ['url']],
  ['nothing', false, ['url']],
  [`https://example.org/${'a'.repeat(2_000)}`, false, ['url']],
])('%s, private networks %s: wrong are %j', (url, privateNetworks, wrong) => {
  const problems = webhookProblems({ url, description: '', events: ['message.*'] }, privateNetworks);
  expect(problems.map(({ field }) => field)).toEqual(wrong);
});

test('events that nothing ever sends are refused', () => {
  const draft = {
    url: 'https://example.org/',
    description: 'a\nb',
    events: ['message.*', 'mesage.*', 'message.stats', ''],
  };
  expect(webhookProblems(draft, false).map(({ field }) => field)).toEqual([
    'description',
    'events[1]',
    'events[2]',
    'events[3]',
  ]);
  expect(webhookProblems({ ...draft, events: [] }, false).map(({ field }) => field)).toContain('events');
});

test.each([
  [200, { result: 'delivered' }],
  [299, { result: 'delivered' }],
  [410, { result: 'gone' }],
  [302, { result: 'refused', endpoint: true, notBefore: NOW }],
  [422, { result: 'refused', endpoint: false, notBefore: NOW }],
  [401, { result: 'refused', endpoint: true, notBefore: NOW }],
  [500, { result: 'refused', endpoint: true, notBefore: NOW }],
  [null, { result: 'refused', endpoint: true, notBefore: NOW }],
])('an answer of %s', (code, outcome) => {
  expect(classifyAnswer({ code, text: '', retryAfter: null }, NOW)).toEqual(outcome);
});

test.each([
  ['120', 120_000],
  ['Sat, 21 Nov 2026 10:05:00 GMT', 300_000],
  ['Sat, 21 Nov 2026 09:05:00 GMT', 0],
  ['999999999', 86_400_000],
  ['-5', 0],
  ['soon', 0],
  ['', 0],
  [null, 0],
])('Retry-After %s', (value, wait) => {
  expect(retryAfterMs(value, NOW)).toBe(wait);
});

test('a payload cannot pass its own ids off as those of the event', () => {
  const event = { kind: 'run.ended', at: '2026-11-21T10:00:00.000Z', messageId: 'm', position: 7 };
  expect(JSON.parse(webhookBody({ ...event, payload: { position: 1, messageId: 'x', status: 'DELIVERED' } }))).toEqual({
    type: 'run.ended',
    timestamp: '2026-11-21T10:00:00.000Z',
    data: { status: 'DELIVERED', messageId: 'm', position: 7 },
  });
  expect(JSON.parse(webhookBody({ ...event, payload: null })).data).toEqual({
    truncated: true,
    messageId: 'm',
    position: 7,
  });
});

test('signatures verify with each secret, and with no other', () => {
  const [one, two] = [newWebhookSecret(), newWebhookSecret()];
  const timestamp = Math.floor(Date.now() / 1_000);
  const id = webhookMessageId('019a0000-0000-7000-8000-000000000000', 12);
  const body = '{"type":"ünï"}';
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook([one, two], id, timestamp, body),
  };
  for (const secret of [one, two]) expect(new Verifier(secret).verify(body, headers)).toEqual({ type: 'ünï' });
  expect(() => new Verifier(newWebhookSecret()).verify(body, headers)).toThrow('No matching signature');
  expect(() => new Verifier(one).verify(`${body} `, headers)).toThrow('No matching signature');
  expect(id).toBe(webhookMessageId('019a0000-0000-7000-8000-000000000000', 12));
  expect(id).not.toBe(webhookMessageId('019a0000-0000-7000-8000-000000000000', 13));
});

test('what people are shown of a URL leaves its query out', () => {
  expect(shownUrl('https://example.org/hook?key=secret')).toBe('https://example.org/hook?…');
  expect(shownUrl('https://example.org/hook')).toBe('https://example.org/hook');
});
