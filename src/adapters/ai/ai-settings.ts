import type { AiCapability } from '../../domain/ai.js';
import type { AiScope, ChosenAi, EffectiveAi, OperatorAi } from '../../domain/ai-settings.js';
import type { Sql } from '../database/database.js';
import { openSecret, sealSecret } from '../secrets/sealed-secret.js';

/** Nothing can be sealed or opened here. */
export class NoSecretKey extends Error {
  override name = 'NoSecretKey';

  constructor() {
    super('EVERPOST_SECRET_KEY is not set: keys of providers cannot be kept without it');
  }
}

/** A part of a statement: what the organization chose, as ChosenAi; its keys are not among it. */
export const CHOSEN_AI = `coalesce((select jsonb_agg(jsonb_build_object('capability', capability, 'enabled', enabled,
  'provider', provider, 'model', model, 'baseUrl', base_url, 'hasKey', key is not null, 'timeoutMs', timeout_ms,
  'inputPrice', input_price, 'outputPrice', output_price, 'requestsPerMinute', requests_per_minute,
  'tokensPerDay', tokens_per_day, 'costPerDay', cost_per_day, 'disclosure', disclosure, 'redactNames', redact_names)
  order by capability) from ai_settings), '[]')`;

export async function readChosenAi(sql: Sql): Promise<ChosenAi[]> {
  const [row] = await sql<{ chosen: ChosenAi[] }>(`select ${CHOSEN_AI} as chosen`);
  return row?.chosen ?? [];
}

/** Undefined stays as it is, null goes back to what applies without it. */
export interface AiChange extends Omit<Partial<ChosenAi>, 'hasKey' | 'capability'> {
  capability: AiScope;
  key?: string | null;
}

const COLUMNS = {
  enabled: 'enabled',
  provider: 'provider',
  model: 'model',
  baseUrl: 'base_url',
  timeoutMs: 'timeout_ms',
  inputPrice: 'input_price',
  outputPrice: 'output_price',
  requestsPerMinute: 'requests_per_minute',
  tokensPerDay: 'tokens_per_day',
  costPerDay: 'cost_per_day',
  disclosure: 'disclosure',
  redactNames: 'redact_names',
} as const satisfies Record<Exclude<keyof AiChange, 'capability' | 'key'>, string>;

/**
 * A key belongs to the provider and the address that it was entered for: where one of them changes, it is forgotten, or
 * whoever may change the address could have it sent to a server of his own.
 *
 * @throws NoSecretKey
 */
export async function changeAi(
  sql: Sql,
  organizationId: string,
  change: AiChange,
  secretKey: Buffer | null,
): Promise<void> {
  const { capability, key } = change;
  if (key && secretKey === null) throw new NoSecretKey();
  const given = (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).filter((name) => change[name] !== undefined);
  await sql('insert into ai_settings (organization_id, capability) values ($1, $2) on conflict do nothing', [
    organizationId,
    capability,
  ]);
  const sealed = key ? sealSecret(secretKey!, key, contextOf(organizationId, capability)) : null;
  const sets = given.map((name, at) => `${COLUMNS[name]} = $${at + 4}`);
  const moves = given.flatMap((name, at) =>
    name === 'provider' || name === 'baseUrl' ? [`${COLUMNS[name]} is distinct from $${at + 4}`] : [],
  );
  const kept = moves.length === 0 ? 'key' : `case when ${moves.join(' or ')} then null else key end`;
  await sql(
    `update ai_settings set updated_at = now(), key = case when $2 then $3::bytea else ${kept} end
       ${sets.map((set) => `, ${set}`).join('')}
     where capability = $1`,
    [capability, key !== undefined, sealed, ...given.map((name) => change[name])],
  );
  await sql(
    'delete from ai_settings where capability = $1 and num_nonnulls(key, ' +
      Object.values(COLUMNS).join(', ') +
      ') = 0',
    [capability],
  );
}

/** The provider or its address is another one by now than what was read earlier: its key is not for the earlier one. */
export class SettingsChanged extends Error {
  override name = 'SettingsChanged';

  constructor() {
    super('the settings of its provider were changed meanwhile');
  }
}

/**
 * The key that a provider is asked with; null where it needs none. It is read with the provider and the address that it
 * belongs to: settings that were read a while ago must not take a newer key to an older address.
 *
 * @throws NoSecretKey, SecretUnreadable, SettingsChanged
 */
export async function readProviderKey(
  sql: Sql,
  organizationId: string,
  applies: EffectiveAi,
  operator: OperatorAi,
  secretKey: Buffer | null,
): Promise<string | null> {
  if (applies.owner === 'operator') return operator.capabilities[applies.capability]?.key ?? null;
  if (applies.keyScope === null) return null;
  if (secretKey === null) throw new NoSecretKey();
  const { provider, baseUrl, keyScope } = applies;
  const [row] = await sql<{ key: Buffer | null }>(
    `select key from ai_settings
     where capability = $1 and provider = $2 and base_url is not distinct from $3`,
    [keyScope, provider, baseUrl],
  );
  if (row === undefined) throw new SettingsChanged();
  return row.key ? openSecret(secretKey, row.key, contextOf(organizationId, applies.keyScope)) : null;
}

/** Whether an organization brought a provider of its own for one of the capabilities. */
export async function anyOwnProvider(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ any: boolean }>(
    'select exists (select from ai_settings where provider is not null) as any',
  );
  return row?.any === true;
}

/** Whether the operator has a provider for one of the capabilities. */
export function anyProvider(operator: OperatorAi, capabilities: readonly AiCapability[]): boolean {
  return capabilities.some((capability) => operator.capabilities[capability] !== null);
}

const contextOf = (organizationId: string, scope: AiScope) => `aiProvider ${organizationId} ${scope}`;
