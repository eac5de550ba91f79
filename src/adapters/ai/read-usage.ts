import type { AiScope } from '../../domain/ai-settings.js';
import type { Sql } from '../database/database.js';

export interface AiUsage {
  requests: number;
  failures: number;
  inputTokens: number;
  outputTokens: number;
  cost: number;
}

export interface AiUsageOfDay extends AiUsage, Record<string, unknown> {
  /** Of the organization's time zone. */
  day: string;
  /** `all`: together. */
  capability: AiScope;
}

/** What providers were asked on the days from `first` to `last`, both included, newest first. */
export async function readAiUsage(sql: Sql, first: string, last: string): Promise<AiUsageOfDay[]> {
  return sql<AiUsageOfDay>(
    `select day::text, capability, sum(requests)::int as requests, sum(failures)::int as failures,
       sum(input_tokens)::bigint as "inputTokens", sum(output_tokens)::bigint as "outputTokens", sum(cost) as cost
     from ai_days where organization_id = current_organization() and day between $1::date and $2::date
     group by day, capability order by day desc, capability`,
    [first, last],
  );
}

/** What providers were asked for each of the messages. */
export async function readAiUsageOfMessages(
  sql: Sql,
  messageIds: readonly string[],
): Promise<(AiUsage & { ofMessage: string } & Record<string, unknown>)[]> {
  return sql(
    `select message_id as "ofMessage", count(*) as requests, count(failure) as failures,
       coalesce(sum(input_tokens), 0)::bigint as "inputTokens", coalesce(sum(output_tokens), 0)::bigint as "outputTokens",
       coalesce(sum(cost), 0) as cost
     from ai_requests where message_id = any($1::uuid[]) and settled_at is not null group by 1`,
    [messageIds],
  );
}
