import { storableJson } from '../../domain/json.js';
import { learn, unlearn, type RouteExample } from '../../domain/learned-routes.js';
import type { Direction } from '../../domain/pipeline.js';
import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { endCorrection, recordCorrection } from '../learning/correction-record.js';
import { changeLearnedRoutes } from '../organizations/learned-routes.js';
import { readRouteFeatures } from './route-features.js';

export interface Move {
  messageId: string;
  mailboxId: string;
  /** Addresses of the envelope that move; null moves all. */
  recipients: readonly string[] | null;
  /** Who says so. */
  by: string;
}

export type MoveResult =
  /** `taught`: routing learned from it, for its analysis had said what the message shows. */
  | { result: 'moved'; recipients: number; taught: boolean }
  /** It is there already; nothing is learned twice. */
  | { result: 'unchanged' }
  | { result: 'noMessage' }
  | { result: 'noMailbox' }
  | { result: 'noRecipient'; address: string };

/** Puts a message where a person says that it belongs, and teaches the organization's routing by it. */
export async function moveMessage(sql: Sql, move: Move): Promise<MoveResult> {
  const { messageId, mailboxId, by } = move;
  // Two moves of one message wait for each other; its run does not.
  const [message] = await sql<{ organizationId: string; direction: Direction }>(
    `select organization_id as "organizationId", direction from messages where id = $1 for no key update`,
    [messageId],
  );
  if (message?.direction !== 'INCOMING') return { result: 'noMessage' };
  const [mailbox] = await sql('select 1 from mailboxes where id = $1 for key share', [mailboxId]);
  if (mailbox === undefined) return { result: 'noMailbox' };
  const envelope = await sql<{ address: string; mailboxId: string | null }>(
    'select address, mailbox_id as "mailboxId" from message_recipients where message_id = $1',
    [messageId],
  );
  const unknown = move.recipients?.find((address) => !envelope.some((recipient) => recipient.address === address));
  if (unknown !== undefined) return { result: 'noRecipient', address: unknown };
  const moved = envelope.filter(
    (recipient) => recipient.mailboxId !== mailboxId && (move.recipients?.includes(recipient.address) ?? true),
  );
  if (moved.length === 0) return { result: 'unchanged' };
  await sql('update message_recipients set mailbox_id = $2 where message_id = $1 and address = any($3)', [
    messageId,
    mailboxId,
    moved.map(({ address }) => address),
  ]);
  const taught = await teach(sql, move);
  if (taught) {
    const [from] = moved;
    await recordCorrection(sql, {
      ...ROUTING,
      messageId,
      value: mailboxId,
      answered: { said: from?.mailboxId ?? null, confidence: null, by: {}, rules: {} },
      features: null,
      by,
    });
  }
  await appendEvents(sql, [
    {
      organizationId: message.organizationId,
      kind: 'message.moved',
      messageId,
      payload: { mailboxId, recipients: moved.length, taught, by },
    },
  ]);
  return { result: 'moved', recipients: moved.length, taught };
}

const ROUTING = { kind: 'ROUTING', action: '', mailboxId: null } as const;

/** Takes back what routing learned of a message; the message stays where it is. False where there was no such lesson. */
export async function withdrawRouteLesson(sql: Sql, messageId: string, by: string): Promise<boolean> {
  const [lesson] = await sql<RouteExample & Record<string, unknown>>(
    'delete from route_lessons where message_id = $1 returning mailbox_id as "mailboxId", features',
    [messageId],
  );
  if (lesson !== undefined) await changeLearnedRoutes(sql, (table) => unlearn(table, lesson));
  return endCorrection(sql, { ...ROUTING, messageId }, by);
}

/** One lesson a message, the newest: what it taught before, that it belonged elsewhere, is taken back. */
async function teach(sql: Sql, { messageId, mailboxId, by }: Move): Promise<boolean> {
  const features = await readRouteFeatures(sql, messageId);
  if (features === null) return false;
  const [before] = await sql<RouteExample & Record<string, unknown>>(
    'select mailbox_id as "mailboxId", features from route_lessons where message_id = $1',
    [messageId],
  );
  await sql(
    `insert into route_lessons (organization_id, message_id, mailbox_id, features, taught_by)
     values (current_organization(), $1, $2, $3::jsonb, $4)
     on conflict (message_id) do update set mailbox_id = excluded.mailbox_id, features = excluded.features,
       taught_by = excluded.taught_by, taught_at = now()`,
    [messageId, mailboxId, storableJson(features), by],
  );
  await changeLearnedRoutes(sql, (table) =>
    learn(before === undefined ? table : unlearn(table, before), { features, mailboxId }),
  );
  return true;
}
