import DataLoader from 'dataloader';
import type { StepStatus } from '../../domain/pipeline.js';
import type { Finding } from '../../domain/findings.js';
import type { ControlWatch } from './control-watch.js';
import type { Database } from '../database/database.js';

export interface GateRequest {
  organizationId: string;
  runId: string;
  /** When the run was read by this process, in milliseconds. */
  readAt: number;
  /** What the step would be computed from; null where its outcome is never shared. */
  inputHash: Buffer | null;
  cacheHours: number;
}

/** What a step learns before it begins. */
export interface GateAnswer {
  /** Whether the run may still write. */
  open: boolean;
  control: string | null;
  /** The outcome of an earlier step with the same input. */
  cached: CachedStep | null;
}

export interface CachedStep {
  status: StepStatus;
  outcome: object | null;
  confidence: number | null;
  findings: Finding[];
}

interface GateRow extends Record<string, unknown> {
  number: number;
  open: boolean;
  control: string | null;
  cached: CachedStep | null;
}

const ASK = `
select g.number, r.ended_at is null and m.current_run = r.number as open, r.control, c.cached
from jsonb_to_recordset($1::jsonb) as g(number integer, run_id uuid, hash text, hours double precision)
join runs r on r.id = g.run_id join messages m on m.id = r.message_id
left join lateral (
  select jsonb_build_object('status', s.status, 'outcome', s.outcome, 'confidence', s.confidence,
    'findings', coalesce((select jsonb_agg(jsonb_build_object('code', f.code, 'severity', f.severity, 'score', f.score,
      'explanation', f.explanation) order by f.number)
      from findings f where f.run_id = s.run_id and f.step = s.name), '[]')) as cached
  from steps s
  where s.input_hash = decode(g.hash, 'hex') and s.status = 'DONE' and not s.from_cache
    and s.started_at > now() - g.hours * interval '1 hour'
  limit 1) c on g.hash is not null`;

/**
 * Asks, before a step begins, whether a person stopped the run and whether identical content was analysed before. The
 * steps of all runs that ask in the same turn of the event loop share one statement.
 */
export class StepGate {
  readonly #loader: DataLoader<GateRequest, GateAnswer>;
  readonly #controls: ControlWatch;

  constructor(database: Database, controls: ControlWatch) {
    this.#loader = new DataLoader((requests) => askAll(database, requests), { cache: false, maxBatchSize: 200 });
    this.#controls = controls;
  }

  async ask(request: GateRequest): Promise<GateAnswer> {
    if (request.inputHash === null && this.#controls.unasked(request.runId, request.readAt)) return UNASKED;
    return this.#loader.load(request);
  }
}

/** Nobody asked anything of the run; whether it may still write, its journal tells. */
const UNASKED: GateAnswer = { open: true, control: null, cached: null };

async function askAll(database: Database, requests: readonly GateRequest[]): Promise<GateAnswer[]> {
  const answers: GateAnswer[] = requests.map(() => ({ open: false, control: null, cached: null }));
  const numbered = requests.map((request, number) => ({ request, number }));
  const byOrganization = Map.groupBy(numbered, ({ request }) => request.organizationId);
  await Promise.all(
    [...byOrganization].map(async ([organizationId, asked]) => {
      const given = asked.map(({ request, number }) => ({
        number,
        run_id: request.runId,
        hash: request.inputHash?.toString('hex') ?? null,
        hours: request.cacheHours,
      }));
      const rows = await database.oneOfOrganization<GateRow>(organizationId, ASK, [JSON.stringify(given)]);
      for (const { number, open, control, cached } of rows) answers[number] = { open, control, cached };
    }),
  );
  return answers;
}
