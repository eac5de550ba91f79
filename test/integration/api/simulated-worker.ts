import type { Database } from '../../../src/adapters/database/database.js';
import type { AcceptedMessage } from '../../../src/adapters/messages/accept-messages.js';
import { recordParsedFacts } from '../../../src/adapters/messages/parsed-facts.js';
import type { StepRecord } from '../../../src/adapters/runs/journal-entry.js';
import { RunJournal } from '../../../src/adapters/runs/journal.js';
import type { Finding } from '../../../src/domain/findings.js';
import { stageOf, type StepName, type StepStatus } from '../../../src/domain/pipeline.js';
import type { RunKey } from '../../../src/domain/run.js';
import type { FinalStatus } from '../../../src/domain/status.js';
import { parsedMessage } from '../../support/parsed-message.js';

interface SimulatedStep {
  name: StepName;
  status?: StepStatus;
  attempt?: number;
  confidence?: number;
  outcome?: object;
  error?: { code: string; message: string };
  findings?: Finding[];
}

/** Writes what a worker writes, by its own journal, without Temporal. */
export class SimulatedWorker {
  readonly #app: Database;
  readonly #journal: RunJournal;

  constructor(app: Database) {
    this.#app = app;
    this.#journal = new RunJournal(app);
  }

  async begin(run: RunKey): Promise<void> {
    const steps: StepName[] = ['parsing', 'securityScan'];
    const begins = { stage: 'reception', steps, resumed: false, unparsed: false, buildId: 'test' } as const;
    await this.#journal.write({ run, begins, durable: true });
  }

  async step(run: RunKey, step: SimulatedStep): Promise<void> {
    await this.#journal.write({ run, steps: [record(step)], durable: true });
  }

  /** Parsing's facts in the message's row, its thread and the search. */
  async parsed(run: RunKey, subject: string, text: string): Promise<void> {
    const parsed = parsedMessage({
      subject,
      text,
      from: [{ address: 'ada@sender.example', name: 'Ada' }],
      to: [{ address: 'team@example.org', name: '' }],
      messageId: `${run.runId}@sender.example`,
      date: '2026-11-20T10:00:00.000Z',
    });
    await recordParsedFacts(this.#app, run, parsed, new Date().toISOString());
  }

  async wait(run: RunKey, waits: 'PAUSED' | 'HELD'): Promise<void> {
    await this.#journal.write({ run, waits, durable: true });
  }

  async end(run: RunKey, status: FinalStatus, confidence: number | null = 0.8): Promise<void> {
    await this.#journal.write({
      run,
      decision: { disposition: 'deliver', reason: 'nothing speaks against it' },
      ends: { status, confidence, reason: null },
      durable: true,
    });
  }
}

function record(step: SimulatedStep): StepRecord {
  return {
    stage: stageOf(step.name),
    name: step.name,
    attempt: step.attempt ?? 1,
    status: step.status ?? 'DONE',
    startedAt: new Date(),
    durationMs: step.status === 'RUNNING' ? null : 3.5,
    confidence: step.confidence ?? null,
    outcome: step.outcome ?? null,
    error: step.error ?? null,
    inputHash: null,
    engine: 'test',
    engineVersion: '1',
    ruleVersion: null,
    modelVersion: null,
    fromCache: false,
    findings: step.findings ?? [],
  };
}

/** The first run of a message that a test accepted. */
export function keyOf(message: AcceptedMessage): RunKey {
  return { organizationId: message.organizationId, messageId: message.id, runId: message.runId, runNumber: 1 };
}

/** The newest run of a message that was accepted elsewhere (processEmail). */
export async function newestRun(app: Database, organizationId: string): Promise<RunKey | null> {
  const [row] = await app.withOrganization(organizationId, (sql) =>
    sql<{ messageId: string; runId: string; runNumber: number }>(
      `select message_id as "messageId", id as "runId", number as "runNumber" from runs order by id desc limit 1`,
    ),
  );
  return row === undefined ? null : { organizationId, ...row };
}
