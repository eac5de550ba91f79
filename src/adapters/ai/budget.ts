import type { AiFailure, TokenCount } from '../../domain/ai.js';
import { costOf, type EffectiveAi } from '../../domain/ai-settings.js';
import type { Database, Sql } from '../database/database.js';

export interface BudgetRequest {
  organizationId: string;
  messageId: string | null;
  applies: EffectiveAi;
  /** What it may cost at most. */
  estimate: TokenCount;
}

export type Reservation =
  { reserved: string } | { refused: 'overBudget' | 'rateLimited'; reason: string; notBefore: string };

interface DayRow extends Record<string, unknown> {
  capability: string;
  tokens: number;
  cost: number;
  nextDay: string;
}

const DAY = `(now() at time zone (select time_zone from organizations))::date`;

/**
 * Reserves what a request may cost before it is made, under the lock of the day's row: workers that ask at the same
 * time never spend more than the budget together, but for what a provider counts beyond the estimate.
 */
export async function reserve(database: Database, request: BudgetRequest): Promise<Reservation> {
  const { organizationId, messageId, applies, estimate } = request;
  const { capability, provider, model, prices, owner } = applies;
  const tokens = estimate.input + estimate.output;
  const cost = costOf(prices, estimate) ?? 0;
  return database.withOrganization(organizationId, async (sql) => {
    const days = await lockDays(sql, organizationId, applies);
    const over = overBudget(days, applies, tokens, cost);
    if (over !== null) return over;
    const busy = applies.requestsPerMinute === null ? null : await tooMany(sql, applies, applies.requestsPerMinute);
    if (busy !== null) return busy;
    const [row] = await sql<{ id: string }>(
      `with request as (
         insert into ai_requests (organization_id, day, capability, provider, model, message_id, reserved_tokens,
           reserved_cost, owner)
         values ($1, ${DAY}, $2, $3, $4, $5, $6, $7, $8) returning id, day),
       summed as (
         update ai_days d set requests = d.requests + 1, reserved_tokens = d.reserved_tokens + $6,
           reserved_cost = d.reserved_cost + $7
         from request r where d.day = r.day and d.owner = $8 and d.capability in ('all', $2))
       select id from request`,
      [organizationId, capability, provider, model, messageId, tokens, cost, owner],
    );
    return { reserved: row!.id };
  });
}

/** Takes back a reservation whose request was never sent. */
export async function release(database: Database, organizationId: string, requestId: string): Promise<void> {
  await database.withOrganization(organizationId, async (sql) => {
    await sql(LOCK_DAYS, [requestId]);
    await sql(
      `with request as (
         delete from ai_requests where id = $1 and settled_at is null
         returning day, owner, capability, reserved_tokens, reserved_cost)
       update ai_days d set requests = d.requests - 1, reserved_tokens = d.reserved_tokens - r.reserved_tokens,
         reserved_cost = d.reserved_cost - r.reserved_cost
       from request r where d.day = r.day and d.owner = r.owner and d.capability in ('all', r.capability)`,
      [requestId],
    );
  });
}

/** The rows of the day are locked first, as by who reserves: the other order could deadlock with it. */
const LOCK_DAYS = `
select from ai_days d join ai_requests r on r.organization_id = d.organization_id and r.day = d.day and r.owner = d.owner
  and d.capability in ('all', r.capability)
where r.id = $1 order by d.capability for update of d`;

/** Charges what a request has cost in fact; once, however often it is called. */
export async function settle(
  database: Database,
  organizationId: string,
  requestId: string,
  spent: { tokens: TokenCount | null; cost: number | null; failure: AiFailure | null },
): Promise<void> {
  const { tokens, cost, failure } = spent;
  await database.withOrganization(organizationId, async (sql) => {
    await sql(LOCK_DAYS, [requestId]);
    await sql(SETTLE, [requestId, tokens?.input ?? 0, tokens?.output ?? 0, cost ?? 0, failure]);
  });
}

const SETTLE = `
with request as (
  update ai_requests set input_tokens = $2, output_tokens = $3, cost = $4, failure = $5, settled_at = now()
  where id = $1 and settled_at is null
  returning organization_id, day, owner, capability, reserved_tokens, reserved_cost)
update ai_days d set input_tokens = d.input_tokens + $2, output_tokens = d.output_tokens + $3, cost = d.cost + $4,
  failures = d.failures + case when $5::text is null then 0 else 1 end,
  reserved_tokens = d.reserved_tokens - r.reserved_tokens, reserved_cost = d.reserved_cost - r.reserved_cost
from request r
where d.organization_id = r.organization_id and d.day = r.day and d.owner = r.owner
  and d.capability in ('all', r.capability)`;

/** A request takes minutes at most: one that is open after this long died with its worker. */
const LOST_AFTER_MINUTES = 15;

/**
 * Charges in full what workers that died had reserved: the provider may have counted it.
 *
 * @param inTransaction runs what it is given in a transaction of its own: one request a transaction, under the lock of
 *   its days
 * @returns how many requests that were
 */
export async function settleLost(inTransaction: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>): Promise<number> {
  const lost = await inTransaction((sql) =>
    sql<{ id: string; tokens: number; cost: number }>(
      `select id, reserved_tokens as tokens, reserved_cost as cost from ai_requests
     where settled_at is null and started_at < now() - make_interval(mins => ${LOST_AFTER_MINUTES})
     order by started_at limit 100`,
    ),
  );
  for (const { id, tokens, cost } of lost) {
    await inTransaction(async (sql) => {
      await sql(LOCK_DAYS, [id]);
      await sql(SETTLE, [id, tokens, 0, cost, 'lost']);
    });
  }
  return lost.length;
}

/** In the order of their names, `all` first: whoever locks several of them locks them so. */
async function lockDays(sql: Sql, organizationId: string, { capability, owner }: EffectiveAi): Promise<DayRow[]> {
  const rows = await Promise.all([
    sql(
      `insert into ai_days (organization_id, day, owner, capability)
       select $1, ${DAY}, $3, name from unnest(array['all', $2]) as name order by name on conflict do nothing`,
      [organizationId, capability, owner],
    ),
    sql<DayRow>(
      `select d.capability, d.input_tokens + d.output_tokens + d.reserved_tokens as tokens,
         d.cost + d.reserved_cost as cost, ((d.day + 1)::timestamp at time zone o.time_zone) as "nextDay"
       from ai_days d, organizations o where d.day = ${DAY} and d.owner = $2 and d.capability in ('all', $1)
       order by d.capability for update of d`,
      [capability, owner],
    ),
  ]);
  return rows[1];
}

function overBudget(days: DayRow[], applies: EffectiveAi, tokens: number, cost: number): Reservation | null {
  for (const day of days) {
    const limits = day.capability === 'all' ? applies.budget : applies;
    const of = day.capability === 'all' ? 'all capabilities' : day.capability;
    const told = (reason: string): Reservation => ({ refused: 'overBudget', reason, notBefore: day.nextDay });
    if (limits.tokensPerDay !== null && day.tokens + tokens > limits.tokensPerDay) {
      return told(`the budget of ${limits.tokensPerDay} tokens a day for ${of} is used up`);
    }
    if (limits.costPerDay !== null && day.cost + cost > limits.costPerDay) {
      return told(`the budget of ${limits.costPerDay} a day for ${of} is used up`);
    }
  }
  return null;
}

async function tooMany(sql: Sql, { capability }: EffectiveAi, perMinute: number): Promise<Reservation | null> {
  const [row] = await sql<{ requests: number; free: string | null }>(
    `select count(*) as requests, min(started_at) + interval '1 minute' as free from (
       select started_at from ai_requests
       where organization_id = current_organization() and capability = $1 and started_at > now() - interval '1 minute'
       order by started_at desc limit $2) recent`,
    [capability, perMinute],
  );
  if (row === undefined || row.requests < perMinute) return null;
  return {
    refused: 'rateLimited',
    reason: `${perMinute} requests a minute are allowed for ${capability}`,
    notBefore: row.free ?? new Date().toISOString(),
  };
}
