import type { GivenMessage } from '../../src/adapters/outgoing/accept-outgoing.js';
import { commandOutgoing, type OutgoingCommandResult } from '../../src/adapters/outgoing/person-commands.js';
import type { OutgoingCommand } from '../../src/domain/outgoing/outgoing-commands.js';
import type { RecipientStatus } from '../../src/domain/outgoing/recipient-status.js';
import type { MessageStatus } from '../../src/domain/status.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from './database.js';
import { eventually } from './eventually.js';
import { startFlowServers, type FlowServers } from './flow-servers.js';
import { ONWARD_SETTINGS } from './onward-settings.js';
import { handIn } from './outgoing-mail.js';
import { ScriptedSmtp } from './scripted-smtp.js';

interface SeenRecipient extends Record<string, unknown> {
  address: string;
  status: RecipientStatus;
  attempts: number;
  reply: string | null;
}

/** The outgoing flow as tests see it: a worker, and one server that takes all that it sends. */
export class SendingFlow {
  organization!: TestOrganization;
  #organizations = 0;

  private constructor(
    readonly servers: FlowServers,
    readonly remote: ScriptedSmtp,
    readonly worker: WorkerProcess,
  ) {}

  static async start(): Promise<SendingFlow> {
    const servers = await startFlowServers();
    const remote = await ScriptedSmtp.start();
    const smartHost = `smtp://127.0.0.1:${remote.port}`;
    const worker = await servers.flow.startWorker({ transport: { ...ONWARD_SETTINGS.transport, smartHost } });
    return new SendingFlow(servers, remote, worker);
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    await this.remote.stop();
    await this.servers.stop();
  }

  /** Another organization, and a server that takes everything again. */
  async begin(): Promise<void> {
    this.organization = await createOrganization(this.servers.owner, `sender${++this.#organizations}.example`);
    this.remote.script = {};
    this.remote.taken.length = 0;
  }

  async send(to: string[], more: Partial<GivenMessage> = {}): Promise<string> {
    const accepted = await this.servers.read(this.organization, (sql) => handIn(sql, this.organization, to, more));
    return accepted.messageId;
  }

  recipients(messageId: string): Promise<SeenRecipient[]> {
    return this.servers.read(this.organization, (sql) =>
      sql<SeenRecipient>(
        'select address, status, attempts, reply from outgoing_recipients where message_id = $1 order by address',
        [messageId],
      ),
    );
  }

  async statuses(messageId: string): Promise<Record<string, RecipientStatus>> {
    return Object.fromEntries((await this.recipients(messageId)).map(({ address, status }) => [address, status]));
  }

  async messageStatus(messageId: string): Promise<MessageStatus> {
    const [row] = await this.servers.read(this.organization, (sql) =>
      sql<{ status: MessageStatus }>('select status from messages where id = $1', [messageId]),
    );
    return row!.status;
  }

  becomes(messageId: string, status: MessageStatus): Promise<void> {
    return eventually(async () => {
      const now = await this.messageStatus(messageId);
      if (now !== status) throw new Error(`message ${messageId} is ${now}, not ${status}`);
    }, 20_000);
  }

  command(messageId: string, asked: OutgoingCommand): Promise<OutgoingCommandResult> {
    return this.servers.read(this.organization, (sql) =>
      commandOutgoing(sql, messageId, asked, { actor: 'token ada', address: null }, new Date()),
    );
  }
}
