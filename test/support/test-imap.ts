import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../src/adapters/database/database.js';
import { createImapAccount, readImapAccount, type ImapAccountRecord } from '../../src/adapters/imap/accounts.js';
import { sealCredentials } from '../../src/adapters/imap/credentials.js';
import type { ImapAccountDraft, ImapCredentials } from '../../src/domain/imap-account.js';
import { ImapIntake } from '../../src/ingress/imap/imap-intake.js';
import { DEFAULT_IMAP_LIMITS, type ImapLimits } from '../../src/ingress/imap/limits.js';
import type { TestDatabase, TestOrganization } from './database.js';
import { eventually } from './eventually.js';

export const SECRET_KEY = randomBytes(32);

export interface TestImapIntake {
  /** What it logged. */
  log: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** An intake over IMAP in this process. It looks every second, so that no test waits for a minute's poll. */
export async function startTestImapIntake(
  database: TestDatabase,
  limits: Partial<ImapLimits> = {},
  privateNetworks = true,
): Promise<TestImapIntake> {
  const home = await mkdtemp(path.join(tmpdir(), 'everpost-imap-'));
  const log: Record<string, unknown>[] = [];
  const intake = new ImapIntake({
    database: database.open('everpost_system'),
    databaseUrl: database.url,
    home,
    instance: randomUUID(),
    secretKey: SECRET_KEY,
    privateNetworks,
    limits: { ...DEFAULT_IMAP_LIMITS, ...limits },
    logger: pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
  });
  intake.start();
  return {
    log,
    async stop() {
      await intake.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export interface Taken extends Record<string, unknown> {
  id: string;
  status: string;
  sha256: string;
  folder: string;
  uid: number;
  mailFrom: string;
}

/** An account on a server on loopback, as its organization and the database see it. */
export class TestAccount {
  constructor(
    readonly app: Database,
    readonly organization: TestOrganization,
    readonly id: string,
  ) {}

  static async create(
    app: Database,
    organization: TestOrganization,
    draft: Pick<ImapAccountDraft, 'port' | 'user'> & Partial<ImapAccountDraft>,
    credentials: ImapCredentials = { kind: 'password', password: 'secret' },
  ): Promise<TestAccount> {
    const id = uuidv7();
    await app.withOrganization(organization.id, (sql) =>
      createImapAccount(sql, {
        id,
        name: 'Test',
        host: '127.0.0.1',
        tls: 'none',
        recipient: `team@${organization.domain}`,
        folders: ['INBOX'],
        startFrom: 'ALL',
        actions: {},
        authentication: credentials.kind,
        tokenUrl: credentials.kind === 'oauth2' ? credentials.tokenUrl : null,
        sealedCredentials: sealCredentials(SECRET_KEY, { organizationId: organization.id, id }, credentials),
        ...draft,
      }),
    );
    return new TestAccount(app, organization, id);
  }

  async read(): Promise<ImapAccountRecord> {
    return (await this.app.withOrganization(this.organization.id, (sql) => readImapAccount(sql, this.id)))!;
  }

  /** The account once it is in the state. */
  state(state: ImapAccountRecord['state']): Promise<ImapAccountRecord> {
    return eventually(async () => {
      const account = await this.read();
      if (account.state !== state) throw new Error(`it is ${account.state}: ${account.stateReason}`);
      return account;
    });
  }

  /** Messages that were accepted from it. */
  taken(): Promise<Taken[]> {
    return this.app.withOrganization(this.organization.id, (sql) =>
      sql<Taken>(
        `select id, status, encode(sha256, 'hex') as sha256, session->'imap'->>'folder' as folder,
           (session->'imap'->>'uid')::int as uid, session->>'mailFrom' as "mailFrom"
         from messages where source = 'imap' and session->'imap'->>'accountId' = $1 order by id`,
        [this.id],
      ),
    );
  }

  takes(count: number, withinMs?: number): Promise<Taken[]> {
    return eventually(async () => {
      const taken = await this.taken();
      if (taken.length !== count) throw new Error(`${taken.length} messages are taken, not ${count}`);
      return taken;
    }, withinMs);
  }

  /** What became of UIDs. */
  outcomes(): Promise<
    ({ folder: string; uid: number; outcome: string; reason: string | null; gone: boolean } & Record<string, unknown>)[]
  > {
    return this.app.withOrganization(this.organization.id, (sql) =>
      sql(
        `select folder, uid, outcome, reason, gone_at is not null as gone from imap_messages where account_id = $1
         order by folder, uid_validity, uid`,
        [this.id],
      ),
    );
  }

  /** Asks for a reconciliation and gives its proofs, by folder. */
  async reconcile() {
    await this.app.withOrganization(this.organization.id, (sql) =>
      sql(
        `with asked as (update imap_accounts set reconcile_requested_at = now() where id = $1)
         select pg_notify('everpost_imap', '')`,
        [this.id],
      ),
    );
    return eventually(async () => {
      const { folders, reconcileRequestedAt } = await this.read();
      const done = folders.every(
        ({ reconciledAt }) => reconciledAt !== null && Date.parse(reconciledAt) > Date.parse(reconcileRequestedAt!),
      );
      if (!done) throw new Error('it is not compared yet');
      return Object.fromEntries(folders.map(({ path: folder, proof }) => [folder, proof!]));
    });
  }
}
