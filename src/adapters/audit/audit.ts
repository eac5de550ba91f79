import type { Json } from '../../domain/json.js';
import { storableJson } from '../../domain/json.js';
import type { Sql } from '../database/database.js';

/** What was changed, by whom. `before` and `after` are shown to people: no secret stands in them. */
export interface AuditEvent {
  organizationId: string;
  /** A person, a token, or what acts by itself: `token CI`, `mailbox anna@example.org`, `system`. */
  actor: string;
  /** The client's network address; null for what acts by itself. */
  address: string | null;
  /** What was done: `outgoing.cancel`, `domain.rotateKeys`. */
  action: string;
  objectKind: string;
  objectId: string;
  before?: Json;
  after?: Json;
}

/** Records a change in the transaction that makes it. */
export async function recordAudit(sql: Sql, event: AuditEvent): Promise<void> {
  const { organizationId, actor, address, action, objectKind, objectId, before, after } = event;
  await sql(
    `insert into audit_events (organization_id, actor, address, action, object_kind, object_id, before, after)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb)`,
    [
      organizationId,
      actor,
      address,
      action,
      objectKind,
      objectId,
      before === undefined ? null : storableJson(before),
      after === undefined ? null : storableJson(after),
    ],
  );
}
