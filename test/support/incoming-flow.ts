import { createHash } from 'node:crypto';
import type { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { WorkflowUpdates } from '../../src/api/commands/workflow-updates.js';
import type { Database } from '../../src/adapters/database/database.js';
import { createLogger } from '../../src/adapters/logger.js';
import { acceptMessages, CHUNK_BYTES, type AcceptedMessage } from '../../src/adapters/messages/accept-messages.js';
import { storeChunks } from '../../src/adapters/messages/blobs.js';
import { readRawMessage, type RawForm } from '../../src/adapters/messages/read-raw.js';
import { applyCommand, type CommandResult } from '../../src/adapters/runs/commands.js';
import { createTemporalClient } from '../../src/adapters/temporal/connect.js';
import type { Finding } from '../../src/domain/findings.js';
import type { Json } from '../../src/domain/json.js';
import type { StageName, StepName, StepStatus } from '../../src/domain/pipeline.js';
import { isFinal, type Command, type MessageStatus } from '../../src/domain/status.js';
import { startWorkerProcess, type WorkerProcess, type WorkerSettings } from '../../src/workers/worker-process.js';
import type { WorkflowBuild } from '../../src/workers/workflow-bundle.js';
import type { TestOrganization } from './database.js';
import { eventually } from './eventually.js';
import { acceptedMail } from './messages.js';
import { ONWARD_SETTINGS } from './onward-settings.js';

export interface FlowParts {
  databaseUrl: string;
  app: Database;
  system: Database;
  temporal: { address: string; namespace: string };
  build: WorkflowBuild;
}

export interface SeenMessage extends Record<string, unknown> {
  status: MessageStatus;
  disposition: string | null;
  reason: string | null;
  threadId: string | null;
  threadBy: string | null;
}

export interface SeenRun extends Record<string, unknown> {
  number: number;
  status: MessageStatus;
  workflowId: string;
  confidence: number | null;
}

export interface SeenStep extends Record<string, unknown> {
  stage: StageName;
  name: StepName;
  status: StepStatus;
  confidence: number | null;
  outcome: { [key: string]: Json } | null;
  error: { code: string; message: string } | null;
  fromCache: boolean;
}

/** The incoming flow as tests see it: mail is accepted as an intake does, commands are given as the API gives them. */
export class IncomingFlow {
  readonly #parts: FlowParts;
  readonly #connection: Connection;
  readonly #updates: WorkflowUpdates;
  readonly client: Client;

  constructor(parts: FlowParts) {
    this.#parts = parts;
    const { client, connection } = createTemporalClient(parts.temporal);
    this.client = client;
    this.#connection = connection;
    this.#updates = new WorkflowUpdates({ client, connection }, pino({ level: 'silent' }));
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  startWorker(
    settings: Partial<
      Pick<
        WorkerSettings,
        | 'publicUrl'
        | 'parser'
        | 'scanners'
        | 'ai'
        | 'dns'
        | 'authentication'
        | 'onward'
        | 'webhooks'
        | 'embeddingModel'
        | 'outgoing'
        | 'transport'
      >
    > = {},
  ): Promise<WorkerProcess> {
    return startWorkerProcess(
      {
        databaseUrl: this.#parts.databaseUrl,
        databasePool: 5,
        worker: { port: 0, queues: ['mail', 'delivery'], concurrency: 20 },
        parser: { threads: 1, deadlineMs: 10_000, memoryMb: 256 },
        dns: { mode: 'off', servers: null },
        ...ONWARD_SETTINGS,
        authentication: { authservId: 'mx.example.org', trustedRelays: [], trustedSealers: [] },
        scanners: { clamd: null, rspamd: null, spamassassin: null },
        temporal: { ...this.#parts.temporal, searchBySender: true },
        ...settings,
      },
      createLogger('worker', 'fatal'),
      this.#parts.build,
    );
  }

  /** Accepts a mail; `command` is committed with it, before its run can start. */
  async receive(
    organization: TestOrganization,
    bytes: Buffer,
    more: Partial<AcceptedMessage> = {},
    command?: Command,
  ): Promise<string> {
    const large = bytes.length > CHUNK_BYTES;
    const message = acceptedMail(organization, bytes, { ...(large ? { bytes: null } : {}), ...more });
    await this.#parts.system.asSystem(async (sql) => {
      if (large) await storeChunks(sql, message, piecesOf(bytes));
      await acceptMessages(sql, [message]);
      if (command) await applyCommand(sql, message.id, command, 'ada');
    });
    return message.id;
  }

  /** Accepts a mail and waits until its run has ended. */
  async receiveAndEnd(organization: TestOrganization, bytes: Buffer, withinMs?: number): Promise<string> {
    const id = await this.receive(organization, bytes);
    await eventually(async () => {
      const { status } = await this.message(organization, id);
      if (!isFinal(status)) throw new Error(`message ${id} is still ${status}`);
    }, withinMs);
    return id;
  }

  async command(organization: TestOrganization, messageId: string, command: Command): Promise<CommandResult> {
    const result = await this.#parts.app.withOrganization(organization.id, (sql) =>
      applyCommand(sql, messageId, command, 'ada'),
    );
    if (result.result === 'accepted' && result.told) await this.#updates.tell(result.workflowId, command, 'ada');
    return result;
  }

  async message(organization: TestOrganization, id: string): Promise<SeenMessage> {
    const rows = await this.#rows<SeenMessage>(
      organization,
      `select status, disposition, disposition_reason as reason, thread_id as "threadId", thread_by as "threadBy"
       from messages where id = $1`,
      id,
    );
    return rows[0]!;
  }

  runs(organization: TestOrganization, id: string): Promise<SeenRun[]> {
    return this.#rows(
      organization,
      `select number, status, workflow_id as "workflowId", confidence from runs where message_id = $1 order by number`,
      id,
    );
  }

  steps(organization: TestOrganization, id: string): Promise<SeenStep[]> {
    return this.#rows(
      organization,
      `select s.stage, s.name, s.status, s.confidence, s.outcome, s.error, s.from_cache as "fromCache"
       from steps s join runs r on r.id = s.run_id join messages m on m.id = r.message_id and m.current_run = r.number
       where m.id = $1 order by s.started_at`,
      id,
    );
  }

  findings(organization: TestOrganization, id: string): Promise<(Finding & Record<string, unknown>)[]> {
    return this.#rows(
      organization,
      'select code, severity, score, explanation from findings where message_id = $1',
      id,
    );
  }

  /** SHA-256 of what the raw view gives back as received. */
  async rawHash(organization: TestOrganization, id: string): Promise<string> {
    return createHash('sha256')
      .update(await this.raw(organization, id, 'received'))
      .digest('hex');
  }

  /** What the raw view gives back. */
  async raw(organization: TestOrganization, id: string, form: RawForm): Promise<Buffer> {
    const raw = await readRawMessage(this.#parts.app, organization.id, id, form);
    const chunks: Buffer[] = [];
    for await (const chunk of raw!.chunks()) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (bytes.length !== raw!.size) throw new Error(`the raw view has ${bytes.length} bytes and said ${raw!.size}`);
    return bytes;
  }

  #rows<Row extends Record<string, unknown>>(organization: TestOrganization, text: string, id: string): Promise<Row[]> {
    return this.#parts.app.withOrganization(organization.id, (sql) => sql<Row>(text, [id]));
  }
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += 64 * 1024) yield bytes.subarray(from, from + 64 * 1024);
}
