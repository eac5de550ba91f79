import { encodeLearnedSpam, learnSpam, MAX_LESSONS_OF_A_KIND, type SpamLesson } from '../../domain/learned-spam.js';
import { decodeSignals, type SpamEvidence } from '../../domain/spam-evidence.js';
import type { SpamScope } from '../../domain/spam-scope.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { answeredOf, readAnswered } from '../learning/answers.js';
import { endCorrection, recordCorrection, type NewCorrection } from '../learning/correction-record.js';
import { correctedMessages } from '../learning/corrections.js';

export type SpamTeaching =
  /** `changed`: false where every scope had that lesson already. `mailboxIds`: of the scopes; null is the organization. */
  | { result: 'taught'; changed: boolean; mailboxIds: (string | null)[] }
  | { result: 'noMessage' }
  /** Its spam detection has not run yet, or ran before learning was there: reprocess it. */
  | { result: 'notAnalysed' }
  /** It came to no mailbox, or not to the one that was named. */
  | { result: 'noMailbox' };

export interface SpamCorrection {
  messageId: string;
  isSpam: boolean;
  scope: SpamScope;
  /** For MAILBOX: the mailbox whose mail it is to count for; null: every mailbox that the message is in. */
  mailboxId?: string | null;
  /** Who says so. */
  by: string;
}

/**
 * Teaches the spam filter by a message, in the caller's transaction: one lesson a message and scope, the newest. It
 * counts for the next message. Corrections of one scope wait for each other.
 */
export async function teachSpam(sql: Sql, correction: SpamCorrection): Promise<SpamTeaching> {
  const { messageId, isSpam, by } = correction;
  const place = await scopesOf(sql, correction);
  if ('result' in place) return place;
  const evidence = await readEvidence(sql, messageId);
  if (evidence === null) return { result: 'notAnalysed' };
  const changed: (string | null)[] = [];
  for (const mailboxId of place.mailboxIds) {
    await lockModel(sql, mailboxId);
    const written = await sql(
      `insert into spam_lessons (organization_id, message_id, mailbox_id, is_spam, prior, rules, buckets, taught_by)
       values (current_organization(), $1, $2, $3, $4, $5, $6, $7)
       on conflict (organization_id, mailbox_id, message_id) do update set is_spam = excluded.is_spam,
         prior = excluded.prior, rules = excluded.rules, buckets = excluded.buckets, taught_by = excluded.taught_by,
         taught_at = excluded.taught_at
       where spam_lessons.is_spam <> excluded.is_spam returning 1`,
      [messageId, mailboxId, isSpam, evidence.prior, evidence.rules, Buffer.from(evidence.signals, 'base64'), by],
    );
    if (written.length === 0) continue;
    await relearn(sql, mailboxId);
    changed.push(mailboxId);
  }
  for (const mailboxId of changed) await recordCorrection(sql, await asCorrection(sql, { ...correction, mailboxId }));
  await tell(sql, place.organizationId, messageId, changed, isSpam ? 'spam' : 'ham', by);
  return { result: 'taught', changed: changed.length > 0, mailboxIds: place.mailboxIds };
}

/** Takes a message's lesson back; the scope is as if it had never been taught. `changed`: whether there was one. */
export async function withdrawSpamLesson(
  sql: Sql,
  { messageId, scope, mailboxId, by }: Omit<SpamCorrection, 'isSpam'>,
): Promise<{ changed: boolean }> {
  const given = await sql<{ organizationId: string; mailboxId: string | null }>(
    `select organization_id as "organizationId", mailbox_id as "mailboxId" from spam_lessons
     where message_id = $1 and (mailbox_id is null) = ($2 = 'ORGANIZATION')
       and ($3::uuid is null or mailbox_id = $3) order by mailbox_id`,
    [messageId, scope, mailboxId ?? null],
  );
  const changed: (string | null)[] = [];
  for (const lesson of given) {
    await lockModel(sql, lesson.mailboxId);
    const deleted = await sql(
      'delete from spam_lessons where message_id = $1 and mailbox_id is not distinct from $2::uuid returning 1',
      [messageId, lesson.mailboxId],
    );
    if (deleted.length === 0) continue;
    await relearn(sql, lesson.mailboxId);
    changed.push(lesson.mailboxId);
  }
  for (const changedIn of changed)
    await endCorrection(sql, { messageId, kind: 'SPAM', action: '', mailboxId: changedIn }, by);
  const [first] = given;
  if (first !== undefined) await tell(sql, first.organizationId, messageId, changed, 'withdrawn', by);
  return { changed: changed.length > 0 };
}

/** Forgets all lessons of a scope. @returns how many there were */
export async function resetSpamLearning(sql: Sql, mailboxId: string | null, by: string): Promise<number> {
  const organizationId = await lockModel(sql, mailboxId);
  const deleted = await sql('delete from spam_lessons where mailbox_id is not distinct from $1::uuid returning 1', [
    mailboxId,
  ]);
  if (deleted.length === 0) return 0;
  await relearn(sql, mailboxId);
  for (const messageId of await correctedMessages(sql, 'SPAM', mailboxId))
    await endCorrection(sql, { messageId, kind: 'SPAM', action: '', mailboxId }, by);
  await tell(sql, organizationId, null, [mailboxId], 'reset', by);
  return deleted.length;
}

/** The same among all corrections; its signals stay with the lesson. */
async function asCorrection(sql: Sql, { messageId, isSpam, mailboxId, by }: SpamCorrection): Promise<NewCorrection> {
  const message = await readAnswered(sql, messageId);
  const answered = message === null ? null : answeredOf(message, 'SPAM', '');
  return {
    messageId,
    kind: 'SPAM',
    action: '',
    mailboxId: mailboxId ?? null,
    value: isSpam ? 'spam' : 'ham',
    answered: answered ?? { said: null, confidence: null, by: {}, rules: {} },
    features: null,
    by,
  };
}

async function scopesOf(
  sql: Sql,
  { messageId, scope, mailboxId }: SpamCorrection,
): Promise<
  { organizationId: string; mailboxIds: (string | null)[] } | Extract<SpamTeaching, { result: `no${string}` }>
> {
  const [message] = await sql<{ organizationId: string; direction: string; mailboxIds: string[] }>(
    `select organization_id as "organizationId", direction,
       array(select distinct mailbox_id from message_recipients where message_id = m.id and mailbox_id is not null
         order by mailbox_id) as "mailboxIds"
     from messages m where id = $1`,
    [messageId],
  );
  if (message?.direction !== 'INCOMING') return { result: 'noMessage' };
  const { organizationId } = message;
  if (scope === 'ORGANIZATION') return { organizationId, mailboxIds: [null] };
  const mailboxIds = message.mailboxIds.filter((id) => (mailboxId ?? id) === id);
  return mailboxIds.length === 0 ? { result: 'noMailbox' } : { organizationId, mailboxIds };
}

/** What the newest run that looked for spam saw. */
async function readEvidence(sql: Sql, messageId: string): Promise<SpamEvidence | null> {
  const [row] = await sql<{ evidence: SpamEvidence | null }>(
    `select s.outcome->'evidence' as evidence from steps s join runs r on r.id = s.run_id
     where s.message_id = $1 and s.name = 'spamDetection' and s.outcome is not null
     order by r.number desc, s.attempt desc limit 1`,
    [messageId],
  );
  return row?.evidence?.version === 1 ? row.evidence : null;
}

/** Until the transaction ends, nobody else changes the scope's lessons; what was committed before is seen. */
async function lockModel(sql: Sql, mailboxId: string | null): Promise<string> {
  await sql(
    `insert into spam_models (organization_id, mailbox_id) values (current_organization(), $1) on conflict do nothing`,
    [mailboxId],
  );
  const [row] = await sql<{ organizationId: string }>(
    `select organization_id as "organizationId" from spam_models
     where mailbox_id is not distinct from $1::uuid for update`,
    [mailboxId],
  );
  if (row === undefined) throw new Error('the model of this scope was removed while it was taught');
  return row.organizationId;
}

interface LessonRow extends Record<string, unknown> {
  isSpam: boolean;
  prior: number;
  rules: number;
  buckets: Buffer;
}

async function relearn(sql: Sql, mailboxId: string | null): Promise<void> {
  // In one order, so that the same lessons give the same weights.
  const newest = (isSpam: boolean): Promise<LessonRow[]> =>
    sql<LessonRow>(
      `select is_spam as "isSpam", prior, rules, buckets from spam_lessons
       where mailbox_id is not distinct from $1::uuid and is_spam = $2
       order by taught_at desc, message_id limit ${MAX_LESSONS_OF_A_KIND}`,
      [mailboxId, isSpam],
    );
  const rows = [...(await newest(true)), ...(await newest(false))];
  const learned = learnSpam(
    rows.map(({ isSpam, prior, rules, buckets }): SpamLesson => ({
      isSpam,
      prior,
      rules,
      signals: decodeSignals(buckets),
    })),
  );
  await sql(
    `update spam_models set version = uuidv7(), weights = $2, updated_at = clock_timestamp(),
       spam = (select count(*) from spam_lessons where mailbox_id is not distinct from $1::uuid and is_spam),
       ham = (select count(*) from spam_lessons where mailbox_id is not distinct from $1::uuid and not is_spam)
     where mailbox_id is not distinct from $1::uuid`,
    [mailboxId, learned === null ? null : Buffer.from(encodeLearnedSpam(learned))],
  );
}

/** The feed says who taught what: the record of corrections. */
async function tell(
  sql: Sql,
  organizationId: string,
  messageId: string | null,
  mailboxIds: readonly (string | null)[],
  lesson: 'spam' | 'ham' | 'withdrawn' | 'reset',
  by: string,
): Promise<void> {
  await appendEvents(
    sql,
    mailboxIds.map((mailboxId) => ({
      organizationId,
      kind: 'spam.taught' as const,
      messageId,
      payload: { lesson, scope: mailboxId === null ? 'ORGANIZATION' : 'MAILBOX', mailboxId, by },
    })),
  );
}
