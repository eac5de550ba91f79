import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askRspamd } from '../../../src/adapters/rspamd/rspamd-client.js';
import { askSpamd } from '../../../src/adapters/spamd/spamd-client.js';
import type { SpamAnswer, SpamOpinion } from '../../../src/domain/scans.js';
import { plainMail } from '../../support/messages.js';
import { findProgram } from '../../support/program.js';
import { startRspamd } from '../../support/rspamd.js';
import { GTUBE } from '../../support/scanned-mails.js';
import { startSpamd } from '../../support/spamd.js';
import { lacking } from '../../support/summary-reporter.js';

const never = new AbortController().signal;
const envelope = {
  clientAddress: '192.0.2.1',
  helo: 'client.example',
  mailFrom: 'ada@sender.example',
  recipients: ['team@example.org'],
};
let absent: string[] = [];
let spamd: Awaited<ReturnType<typeof startSpamd>> | null = null;
let rspamd: Awaited<ReturnType<typeof startRspamd>> | null = null;

beforeAll(async () => {
  const programs = ['spamd', 'rspamd', 'dnsmasq'];
  const found = await Promise.all(programs.map(findProgram));
  absent = programs.filter((_, at) => found[at] === null);
  [spamd, rspamd] = await Promise.all([
    absent.includes('spamd') ? null : startSpamd(),
    absent.includes('rspamd') || absent.includes('dnsmasq') ? null : startRspamd(),
  ]);
}, 120_000);
afterAll(() => Promise.all([spamd?.stop(), rspamd?.stop()]));

function answered(answer: SpamAnswer): SpamOpinion {
  if (answer.status !== 'answered') throw new Error(`it is ${answer.status}`);
  return answer;
}

describe('SpamAssassin', () => {
  test('tells its score, what it takes for spam, and the points of each rule', async (context) => {
    if (spamd === null) return context.skip(lacking('spamd'));
    const spam = answered(await askSpamd({ address: spamd.address }, plainMail({ text: `${GTUBE}\r\n` }), never));
    expect(spam).toMatchObject({ required: 5, action: 'spam' });
    expect(spam.score).toBeGreaterThan(900);
    expect(spam.symbols[0]).toEqual({ name: 'GTUBE', score: 1000 });
    const ham = answered(await askSpamd({ address: spamd.address }, plainMail(), never));
    expect(ham.action).toBe('no action');
    expect(ham.score).toBeLessThan(ham.required);
    const points = ham.symbols.reduce((sum, { score }) => sum + score, 0);
    expect(points).toBeCloseTo(ham.score, 0);
  });

  test('is not asked of a message above 512 KB', async (context) => {
    if (spamd === null) return context.skip(lacking('spamd'));
    const large = plainMail({ text: 'a'.repeat(600 * 1024) });
    expect(await askSpamd({ address: spamd.address }, large, never)).toMatchObject({ status: 'skipped' });
  });
});

describe('rspamd', () => {
  test('tells its score, what it takes for spam, and the points of each symbol', async (context) => {
    if (rspamd === null) return context.skip(lacking(absent.includes('rspamd') ? 'rspamd' : 'dnsmasq'));
    const settings = { url: rspamd.url, password: null };
    const spam = answered(await askRspamd(settings, plainMail({ text: `${GTUBE}\r\n` }), envelope, never));
    expect(spam).toMatchObject({ action: 'reject', score: 15, required: 15 });
    const ham = answered(await askRspamd(settings, plainMail(), envelope, never));
    expect(ham.action).not.toBe('reject');
    expect(ham.score).toBeLessThan(ham.required);
    expect(ham.symbols).not.toEqual([]);
    expect(ham.symbols.every(({ name, score }) => name !== '' && score !== 0)).toBe(true);
  });
});
