import net from 'node:net';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Submitter, Submitters } from '../../../src/adapters/submission/submitters.js';
import { SmtpReply } from '../../../src/ingress/replies.js';
import { LoginLimits } from '../../../src/ingress/submission/login-limits.js';
import { signIn } from '../../../src/ingress/submission/sign-in.js';
import { SubmissionSession } from '../../../src/ingress/submission/submission-session.js';

const ACCOUNT = 'ada@one.example';
const byToken: Submitter = {
  organizationId: '019a0000-0000-7000-8000-000000000001',
  actor: 'token mine',
  mailboxId: null,
  proof: { token: Buffer.from('hash') },
};
const byPassword: Submitter = { ...byToken, actor: `mailbox ${ACCOUNT}`, mailboxId: 'm1', proof: { password: 'hash' } };
const known: Record<string, Submitter> = { 'my own token': byToken, 'right password': byPassword };

/** Each from a connection of its own; answered without delays. */
function doorway() {
  const deps = {
    submitters: {
      authenticate: (_user: string, secret: string) => Promise.resolve(known[secret] ?? null),
    } as Submitters,
    logins: new LoginLimits(),
    logger: pino({ level: 'silent' }),
    stopped: AbortSignal.abort(),
  };
  return (address: string, password: string) =>
    signIn(deps, new SubmissionSession('s', address, new net.Socket()), {
      method: 'PLAIN',
      username: ACCOUNT,
      password,
    });
}

test('who has a token of its own gets no more guesses at the password of a mailbox by it', async () => {
  const enter = doorway();
  for (let n = 0; n < 210; n++) {
    await expect(enter(`198.51.${n}.1`, 'a guess')).rejects.toThrow(SmtpReply);
  }
  await expect(enter('192.0.2.1', 'my own token')).rejects.toMatchObject({ responseCode: 454 });
});

test('a token that signed in before the failures opens its door alone, a password the one of its account', async () => {
  const enter = doorway();
  expect(await enter('192.0.2.1', 'my own token')).toBe(byToken);
  expect(await enter('192.0.2.2', 'right password')).toBe(byPassword);
  for (let n = 0; n < 210; n++) await expect(enter(`198.51.${n}.1`, 'a guess')).rejects.toThrow(SmtpReply);
  await expect(enter('192.0.2.1', 'a guess')).rejects.toMatchObject({ responseCode: 454 });
  expect(await enter('192.0.2.1', 'my own token')).toBe(byToken);
  await expect(enter('192.0.2.1', 'a guess')).rejects.toMatchObject({ responseCode: 454 });
  await expect(enter('192.0.2.2', 'a guess')).rejects.toMatchObject({ responseCode: 535 });
});
