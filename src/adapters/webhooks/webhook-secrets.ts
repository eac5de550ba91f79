import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { WebhookInput } from '../../domain/webhook.js';
import type { Sql } from '../database/database.js';
import { openSecret, sealSecret } from '../secrets/sealed-secret.js';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
/** More than this many at once say that a rotation runs wild. */
export const MOST_SECRETS = 4;

const contextOf = ({ organizationId, webhookId }: WebhookInput) => `webhook ${organizationId} ${webhookId}`;

/** A new secret in the form of Standard Webhooks. */
export function newWebhookSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** The header `webhook-signature`: one signature for each secret (Standard Webhooks, symmetric scheme). */
export function signWebhook(secrets: readonly string[], id: string, timestamp: number, body: string): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    })
    .join(' ');
}

/** The header `webhook-id` of an event: the same at every attempt and every replay, so that a receiver knows it again. */
export function webhookMessageId(webhookId: string, position: number): string {
  return `msg_${createHash('sha256').update(`${webhookId}.${position}`).digest('hex').slice(0, 32)}`;
}

/** Puts a secret in force; those before it stay so until `overlapMs` from now, and no longer than they would have. */
export async function putWebhookSecret(
  sql: Sql,
  key: Buffer,
  webhook: WebhookInput,
  secret: string,
  overlapMs: number,
): Promise<void> {
  const { organizationId, webhookId } = webhook;
  await sql('delete from webhook_secrets where webhook_id = $1 and expires_at <= now()', [webhookId]);
  await sql(
    `update webhook_secrets set expires_at = least(expires_at, now() + make_interval(secs => $2))
     where webhook_id = $1`,
    [webhookId, overlapMs / 1_000],
  );
  await sql('insert into webhook_secrets (organization_id, webhook_id, sealed) values ($1, $2, $3)', [
    organizationId,
    webhookId,
    sealSecret(key, secret, contextOf(webhook)),
  ]);
}

export async function countWebhookSecrets(sql: Sql, webhookId: string): Promise<number> {
  const [row] = await sql<{ total: number }>(
    `select count(*) as total from webhook_secrets
     where webhook_id = $1 and (expires_at is null or expires_at > now())`,
    [webhookId],
  );
  return row?.total ?? 0;
}

export async function deleteWebhookSecrets(sql: Sql, webhookId: string): Promise<void> {
  await sql('delete from webhook_secrets where webhook_id = $1', [webhookId]);
}

/**
 * The secrets in force, the newest first.
 *
 * @throws SecretUnreadable
 */
export async function readWebhookSecrets(sql: Sql, key: Buffer, webhook: WebhookInput): Promise<string[]> {
  const rows = await sql<{ sealed: Buffer }>(
    `select sealed from webhook_secrets where webhook_id = $1 and (expires_at is null or expires_at > now())
     order by created_at desc, id desc limit ${MOST_SECRETS + 1}`,
    [webhook.webhookId],
  );
  return rows.map(({ sealed }) => openSecret(key, sealed, contextOf(webhook)));
}
