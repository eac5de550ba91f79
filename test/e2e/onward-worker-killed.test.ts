import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../../src/adapters/database/database.js';
import { putNextHop } from '../../src/adapters/onward/next-hops.js';
import type { OnwardStatus } from '../../src/domain/onward.js';
import { eventually } from '../support/eventually.js';
import { deliverAll, urgentMail } from '../support/mail-senders.js';
import { Processes } from '../support/processes.js';
import { SmtpSink, smtpSinkInstalled } from '../support/smtp-sink.js';
import { lacking } from '../support/summary-reporter.js';

const MAILS = 24;
const KILLS = 2;

let processes: Processes;
let database: Database;
let sink: SmtpSink;

beforeAll(async () => {
  if (!smtpSinkInstalled) return;
  processes = await Processes.prepare({ EVERPOST_ONWARD_RETRIES: '1s' });
  database = processes.openDatabase();
  // It takes its time over the end of the data: that is where a worker may die without knowing.
  sink = await SmtpSink.start('-W', '.:1');
  await setNextHop(sink.port);
  await Promise.all([processes.start('ingress'), processes.start('worker')]);
});

afterAll(async () => {
  await sink?.stop();
  await database?.close();
  await processes?.end();
});

async function setNextHop(port: number): Promise<void> {
  const app = new Database({
    url: processes.postgres.url,
    role: 'everpost_app',
    poolSize: 1,
    applicationName: 'test',
    onIdleError: () => undefined,
  });
  const [domain] = await database.query<{ organization_id: string; name: string }>('select * from domains');
  const server = { protocol: 'SMTP', host: '127.0.0.1', port, socket: null, tls: 'NONE', ca: null } as const;
  await app.withOrganization(domain!.organization_id, (sql) =>
    putNextHop(sql, domain!.organization_id, domain!.name, { ...server, username: null, password: null }, null),
  );
  await app.close();
}

async function inDoubt(): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    'select count(*) as count from delivery_attempts where data_at is not null and outcome is null',
  );
  return row!.count;
}

test('a worker that dies while it hands mail on sends nothing twice and loses nothing', async (context) => {
  context.skip(!smtpSinkInstalled, lacking('smtp-sink'));
  const sent = await deliverAll(
    processes.ports.ingress,
    Array.from({ length: MAILS }, () => urgentMail()),
  );
  for (let kill = 0; kill < KILLS; kill++) {
    await eventually(async () => expect(await inDoubt()).toBeGreaterThan(0));
    await processes.kill('worker');
    await processes.start('worker');
  }
  const final = await eventually(async () => {
    const rows = await database.query<{ message_id: string; status: OnwardStatus }>(
      'select message_id, status from onward_deliveries',
    );
    expect(rows).toHaveLength(MAILS);
    expect(rows.filter(({ status }) => status !== 'DELIVERED' && status !== 'UNCERTAIN')).toEqual([]);
    return new Map(rows.map(({ message_id: id, status }) => [id, status]));
  }, 120_000);
  const copies = new Map<string, number>();
  for (const text of await sink.messages()) {
    const id = /^X-Everpost-Trace: (\S+)/m.exec(text)![1]!;
    copies.set(id, (copies.get(id) ?? 0) + 1);
  }
  for (const { id } of sent) {
    const taken = copies.get(id) ?? 0;
    if (final.get(id) === 'DELIVERED') expect(taken, `copies of ${id}`).toBe(1);
    else expect(taken, `copies of ${id}, which is uncertain`).toBeLessThanOrEqual(1);
  }
  // Else no kill met an attempt where it hurts, and this has shown nothing.
  expect([...final.values()]).toContain('UNCERTAIN');
}, 240_000);
