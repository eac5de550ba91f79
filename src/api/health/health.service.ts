import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import type { TemporalAccess } from '../commands/workflow-updates.js';

/** Injection token of TemporalAccess, or null. */
export const TEMPORAL = Symbol('temporal');

export interface Readiness {
  ready: boolean;
  database: 'ok' | 'not migrated' | 'unreachable';
  temporal: 'ok' | 'unreachable' | 'not configured';
}

const TEMPORAL_DEADLINE_MS = 500;
const TEMPORAL_CACHE_MS = 2_000;
/** The newest things that the API reads: without them the migrations have not run. */
const MIGRATED = `select to_regclass('feed_heads') is not null and to_regclass('message_words') is not null as migrated`;

@Injectable()
export class HealthService {
  #temporal: { state: Readiness['temporal']; at: number } | null = null;

  constructor(
    private readonly database: Database,
    @Inject(TEMPORAL) private readonly temporal: TemporalAccess | null,
  ) {}

  async readiness(): Promise<Readiness> {
    const [database, temporal] = await Promise.all([this.#databaseState(), this.#temporalState()]);
    return { ready: database === 'ok', database, temporal };
  }

  async #databaseState(): Promise<Readiness['database']> {
    try {
      const [row] = await this.database.query<{ migrated: boolean }>(MIGRATED);
      return row?.migrated === true ? 'ok' : 'not migrated';
    } catch {
      return 'unreachable'; // a probe: its answer is all there is to say
    }
  }

  async #temporalState(): Promise<Readiness['temporal']> {
    if (this.temporal === null) return 'not configured';
    if (this.#temporal !== null && Date.now() - this.#temporal.at < TEMPORAL_CACHE_MS) return this.#temporal.state;
    const { connection } = this.temporal;
    let state: Readiness['temporal'] = 'ok';
    try {
      await connection.withDeadline(Date.now() + TEMPORAL_DEADLINE_MS, () =>
        connection.workflowService.getSystemInfo({}),
      );
    } catch {
      state = 'unreachable';
    }
    this.#temporal = { state, at: Date.now() };
    return state;
  }
}
