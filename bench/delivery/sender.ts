import { createHash } from 'node:crypto';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../../src/adapters/database/database.js';
import { insertDkimKeys, readDkimKeys, setDkimKeyStatus } from '../../src/adapters/domains/dkim-keys.js';
import { newDkimKeys } from '../../src/adapters/domains/new-dkim-key.js';
import { acceptOutgoing } from '../../src/adapters/outgoing/accept-outgoing.js';
import type { Stream } from '../../src/domain/outgoing/send-options.js';
import { BENCH_SECRET_KEY, type BenchStack } from '../stack.js';

const DOMAIN = 'example.org';
const LINE = 'The harbour office asks for the figures of the crane until Tuesday.\r\n';

/** The organization of a bench that hands mail in, as the submission port does. */
export class Sender {
  private constructor(
    readonly organizationId: string,
    readonly app: Database,
    readonly owner: pg.Client,
  ) {}

  /** Its domain signs with RSA and Ed25519 from here on. */
  static async open(stack: BenchStack): Promise<Sender> {
    const owner = new pg.Client({ connectionString: stack.databaseUrl });
    await owner.connect();
    const { rows } = await owner.query<{ id: string; organization_id: string }>(
      'select id, organization_id from domains where name = $1',
      [DOMAIN],
    );
    const { id, organization_id: organizationId } = rows[0]!;
    const app = new Database({
      url: stack.databaseUrl,
      role: 'everpost_app',
      poolSize: 2,
      applicationName: 'bench',
      onIdleError: () => undefined,
    });
    const now = new Date();
    const keys = await newDkimKeys(BENCH_SECRET_KEY, { organizationId, name: DOMAIN }, [], now);
    await app.withOrganization(organizationId, async (sql) => {
      const known = await readDkimKeys(sql, [DOMAIN]);
      if (known.length > 0) return;
      await insertDkimKeys(sql, { id, organizationId }, keys, 'bench', now);
      for (const key of await readDkimKeys(sql, [DOMAIN])) await setDkimKeyStatus(sql, key.id, 'ACTIVE', now);
    });
    return new Sender(organizationId, app, owner);
  }

  /** Hands in a message of so many bytes. @returns its id */
  async send(recipients: readonly string[], bytes: number, stream: Stream): Promise<string> {
    const id = uuidv7();
    const { organizationId } = this;
    const from = `news@${DOMAIN}`;
    const mail = mailOf(id, from, recipients, bytes);
    const now = new Date();
    await this.app.withOrganization(organizationId, (sql) =>
      acceptOutgoing(sql, {
        organizationId,
        id,
        bytes: mail,
        source: 'api',
        submittedBy: 'token bench',
        mailFrom: from,
        session: {
          clientAddress: '127.0.0.1',
          clientHostname: null,
          helo: null,
          tls: null,
          authenticatedAs: 'bench',
          mailFrom: from,
          recipients: recipients.slice(0, 10),
          smtpUtf8: false,
          receivedAt: now.toISOString(),
        },
        recipients: recipients.map((address, at) => ({
          address,
          name: null,
          role: 'to' as const,
          destination: address.slice(address.lastIndexOf('@') + 1),
          mergeFields: stream === 'BULK' ? { name: `Reader ${at}`, number: String(at) } : null,
        })),
        stream,
        options: {},
        sendAt: null,
        undoSeconds: 0,
        idempotencyKey: null,
        digest: createHash('sha256').update(mail).digest(),
      }),
    );
    return id;
  }

  /** How messages ended, and the seconds from the start of the first run to the end of the last. */
  async outcome(ids: readonly string[]): Promise<{ open: number; delivered: number; seconds: number }> {
    const { rows } = await this.owner.query<{ open: number; delivered: number; seconds: number }>(
      `select count(*) filter (where ended_at is null)::int as open,
         (select count(*)::int from outgoing_recipients where message_id = any($1::uuid[]) and status = 'DELIVERED') as delivered,
         extract(epoch from max(ended_at) - min(started_at))::float8 as seconds
       from runs where message_id = any($1::uuid[])`,
      [ids],
    );
    return rows[0]!;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.owner.end();
  }
}

/** A mail with fields to be filled for each recipient. */
function mailOf(id: string, from: string, recipients: readonly string[], bytes: number): Buffer {
  const header = [
    `From: The harbour <${from}>`,
    `To: ${recipients.length === 1 ? recipients[0] : `readers <${from}>`}`,
    'Subject: The figures of the crane',
    `Message-ID: <${id}@${DOMAIN}>`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 7bit',
    '',
    'Dear {{name|reader}}, this is letter {{number|0}}.',
    '',
  ].join('\r\n');
  return Buffer.from(header + LINE.repeat(Math.max(1, Math.ceil((bytes - header.length) / LINE.length))));
}
