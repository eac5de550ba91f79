import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SMTPServerAuthentication } from 'smtp-server';
import type { Submitter, Submitters } from '../../adapters/submission/submitters.js';
import { tokenHash } from '../../adapters/organizations/provision.js';
import { SmtpReply, temporaryFailure } from '../replies.js';
import type { LoginLimits } from './login-limits.js';
import type { SubmissionSession } from './submission-session.js';

export interface SignInDeps {
  submitters: Submitters;
  logins: LoginLimits;
  logger: Logger;
  /** Ends the delay of a failure early, when the process stops. */
  stopped: AbortSignal;
}

/** A connection that failed so often is ended. */
const MOST_ATTEMPTS = 5;

const failures = new WeakMap<SubmissionSession, number>();

/**
 * What AUTH does. Neither the reply nor the time that it takes tells whether the account or the password was wrong.
 *
 * @throws SmtpReply for who is not let in
 */
export async function signIn(
  { submitters, logins, logger, stopped }: SignInDeps,
  session: SubmissionSession,
  given: Pick<SMTPServerAuthentication, 'username' | 'password' | 'method'>,
): Promise<Submitter> {
  const account = given.username ?? '';
  const facts = { session: session.id, client: session.address, account: shownAccount(account) };
  const secretHash = tokenHash(given.password ?? '').toString('base64url');
  if (logins.refuses(account, session.address, Date.now(), secretHash)) {
    logger.warn(facts, 'a sign-in was refused unread: too many failed');
    throw new SmtpReply(454, '4.7.0 too many sign-ins have failed; please try again later');
  }
  let submitter: Submitter | null;
  try {
    submitter = await submitters.authenticate(account, given.password ?? '');
  } catch (error) {
    logger.warn({ ...facts, error: String(error) }, 'a sign-in could not be looked at');
    throw temporaryFailure();
  }
  if (submitter !== null) {
    if (submitter.mailboxId === null) logins.succeededByToken(secretHash, session.address, Date.now());
    else logins.succeeded(account, session.address, Date.now());
    logger.info({ ...facts, as: submitter.actor }, 'signed in');
    return submitter;
  }
  const failed = (failures.get(session) ?? 0) + 1;
  failures.set(session, failed);
  session.refused += 1;
  const delayMs = logins.failed(account, session.address, Date.now());
  logger.warn({ ...facts, method: given.method, delayMs }, 'a sign-in failed');
  await sleep(delayMs, undefined, { signal: stopped }).catch(() => undefined); // answered at once when all ends
  if (failed >= MOST_ATTEMPTS) throw new SmtpReply(421, '4.7.0 too many sign-ins have failed');
  throw new SmtpReply(535, '5.7.8 the user name or the password is wrong');
}

/** A token or a password that was given as the user name must not be in the log: only addresses are shown. */
const shownAccount = (account: string) => (account.includes('@') ? account.slice(0, 320) : 'no address');
