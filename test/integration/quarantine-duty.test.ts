import type pg from 'pg';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClient, type Database } from '../../src/adapters/database/database.js';
import { acceptMessages } from '../../src/adapters/messages/accept-messages.js';
import { readBlob } from '../../src/adapters/messages/blobs.js';
import { deleteQuarantined } from '../../src/adapters/messages/quarantine-delete.js';
import { findDueDigests, sendDigest } from '../../src/adapters/messages/quarantine-digest.js';
import { createQuarantineDuty, deleteExpired, sendDueDigests } from '../../src/workers/quarantine-duty.js';
import {
  createOrganization,
  createTestDatabase,
  type TestDatabase,
  type TestOrganization,
} from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { acceptedMail, plainMail } from '../support/messages.js';

let database: TestDatabase;
let owner: Database;
let system: Database;
let app: Database;
let client: pg.Client;
let organization: TestOrganization;
let number = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.open('owner');
  system = database.open('everpost_system');
  app = database.open('everpost_app');
  client = createClient({ url: database.url, role: 'everpost_system', applicationName: 'test-duty' });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});
/** An organization of its own for each test; the others have nothing in their quarantine any more. */
beforeEach(async () => {
  await owner.asSystem((sql) => sql(`update organizations set settings = '{}'`));
  await owner.asSystem((sql) => sql(`update messages set status = 'DELIVERED'`));
  organization = await createOrganization(owner, `org${number++}.example`);
});

const choose = (settings: object, timeZone = 'UTC') =>
  owner.asSystem((sql) =>
    sql('update organizations set settings = $2, time_zone = $3 where id = $1', [
      organization.id,
      JSON.stringify({ quarantine: settings }),
      timeZone,
    ]),
  );

/** A message that was quarantined at that moment. */
async function quarantined(
  at: Date,
  bytes = plainMail({ subject: `Offer ${number++}` }),
  subject = 'Offer',
): Promise<string> {
  const message = acceptedMail(organization, bytes, { receivedAt: at });
  await system.asSystem((sql) => acceptMessages(sql, [message]));
  await owner.asSystem(async (sql) => {
    await sql(
      `update messages set status = 'QUARANTINED', disposition = 'quarantine', disposition_reason = 'spam',
         subject = $2, from_address = 'ada@sender.example' where id = $1`,
      [message.id, subject],
    );
    await sql(`update message_recipients set disposition = 'quarantine' where message_id = $1`, [message.id]);
    await sql(`update runs set status = 'QUARANTINED', ended_at = $2 where message_id = $1`, [message.id, at]);
  });
  return message.id;
}

const digests = () =>
  owner.query<{ id: string; bytes: Buffer; sha256: Buffer; recipients: string[]; mailFrom: string }>(
    `select m.id, m.sha256, m.to_addresses as recipients, m.session->>'mailFrom' as "mailFrom"
     from messages m where m.source = 'system' and m.organization_id = $1`,
    [organization.id],
  );

const day = (time: string) => new Date(`2026-11-20T${time}Z`);
const send = (
  now: Date,
  onError: (error: unknown) => void = (error) => {
    throw error;
  },
) => sendDueDigests(client, now, { releaseUrl: null, onError });

describe('the digest', () => {
  test("comes once a day to a mailbox, from the hour in the organization's zone on, with what is new", async () => {
    await choose({ digestHour: 8 }, 'America/New_York');
    await owner.asSystem((sql) =>
      sql(`update mailboxes set members = '{ada@own.example}' where id = $1`, [organization.mailboxId]),
    );
    const id = await quarantined(day('02:00:00'));
    await send(day('12:59:00'));
    expect(await digests()).toEqual([]);
    await send(day('13:00:00'));
    await quarantined(day('14:00:00'));
    await send(day('15:00:00'));
    const [digest, ...others] = await digests();
    expect(others).toEqual([]);
    expect(digest).toMatchObject({ recipients: ['ada@own.example'], mailFrom: '' });
    const bytes = await app.withOrganization(organization.id, (sql) => readBlob(sql, digest!.sha256));
    const mail = await simpleParser(bytes!);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.subject).toBe('Quarantine of Everyone: 1 new message');
    expect(mail.text).toContain(id);
    // Nobody asked for one on the next day before its hour; at its hour it tells what came since.
    await send(new Date('2026-11-21T12:00:00Z'));
    expect(await digests()).toHaveLength(1);
    await send(new Date('2026-11-21T13:00:00Z'));
    expect(await digests()).toHaveLength(2);
  });

  test('leaves what ended a moment ago to the next one: what commits late is told too', async () => {
    await choose({ digestHour: 8 });
    const [early, late] = [await quarantined(day('07:00:00')), await quarantined(day('08:59:30'))];
    await send(day('09:00:00'));
    await send(new Date('2026-11-21T09:00:00Z'));
    const texts = await Promise.all(
      (await digests()).map(async ({ sha256 }) => {
        const bytes = await app.withOrganization(organization.id, (sql) => readBlob(sql, sha256));
        return (await simpleParser(bytes!)).text ?? '';
      }),
    );
    expect(texts).toHaveLength(2);
    expect(texts.filter((text) => text.includes(early) && !text.includes(late))).toHaveLength(1);
    expect(texts.filter((text) => text.includes(late) && !text.includes(early))).toHaveLength(1);
  });

  test('is not sent where nothing is new, nor where it is switched off', async () => {
    await choose({ digestHour: 8 });
    await quarantined(new Date('2026-11-18T08:00:00Z'));
    await send(day('09:00:00'));
    await quarantined(day('10:00:00'));
    await send(day('11:00:00'));
    expect(await digests()).toEqual([]);
    await choose({ digestHour: null });
    await send(new Date('2026-11-21T09:00:00Z'));
    expect(await digests()).toEqual([]);
  });

  test('is sent once though the worker dies in its middle, and two send it at the same time', async () => {
    await choose({ digestHour: 8 });
    await quarantined(day('07:00:00'));
    const now = day('09:00:00');
    const [due] = await system.asSystem((sql) => findDueDigests(sql, now, null, 10));
    // The mail is accepted, the worker's connection is cut before the commit.
    const dying = createClient({ url: database.url, role: 'everpost_system', applicationName: 'test-dying' });
    dying.on('error', () => undefined);
    await dying.connect();
    await dying.query('begin');
    await sendDigest(async (text, parameters = []) => (await dying.query(text, [...parameters])).rows, due!, now, null);
    const [pid] = (await dying.query<{ pid: number }>('select pg_backend_pid() as pid')).rows;
    await owner.query('select pg_terminate_backend($1)', [pid!.pid]);
    expect(await digests()).toEqual([]);
    const sendings = await Promise.allSettled(
      [1, 2, 3].map(() => system.asSystem((sql) => sendDigest(sql, due!, now, null))),
    );
    expect(sendings.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await send(now);
    expect(await digests()).toHaveLength(1);
    const [events] = await owner.query(
      `select count(*) from event_queue where kind = 'quarantine.digest' and organization_id = $1`,
      [organization.id],
    );
    expect(events).toEqual({ count: 1 });
    await dying.end().catch(() => undefined); // it is gone
  });

  test('of one mailbox that fails does not hold up the others, and is tried again', async () => {
    await choose({ digestHour: 8 });
    await quarantined(day('07:00:00'));
    const poor = await createOrganization(owner, `poor${number++}.example`);
    await owner.asSystem((sql) =>
      sql(`update organizations set settings = '{"quarantine": {"digestHour": 8}}' where id = $1`, [poor.id]),
    );
    await owner.asSystem((sql) =>
      sql(`alter table quarantine_digests add constraint poor check (mailbox_id <> '${poor.mailboxId}')`),
    );
    const errors: unknown[] = [];
    expect(await send(day('09:00:00'), (error) => errors.push(error))).toBe(0);
    expect(errors).toHaveLength(1);
    expect(await digests()).toHaveLength(1);
    await owner.asSystem((sql) => sql('alter table quarantine_digests drop constraint poor'));
    await send(day('09:00:30'), (error) => errors.push(error));
    expect(errors).toHaveLength(1);
  });
});

describe('retention', () => {
  const chunks = async () => {
    const [row] = await owner.query<{ count: number }>('select count(*) from blob_chunks where organization_id = $1', [
      organization.id,
    ]);
    return row!.count;
  };

  test('deletes what is older, and counts it in an event', async () => {
    await choose({ retentionDays: 7 });
    const old = await quarantined(new Date('2026-11-10T00:00:00Z'));
    const young = await quarantined(new Date('2026-11-15T00:00:00Z'));
    expect(await deleteExpired(client, day('09:00:00'))).toBe(1);
    expect(await deleteExpired(client, day('09:00:00'))).toBe(0);
    const rows = await owner.query(
      `select id, status, deleted_at is not null as deleted, deleted_by as by from messages where organization_id = $1 order by id`,
      [organization.id],
    );
    expect(rows).toEqual([
      { id: old, status: 'QUARANTINED', deleted: true, by: 'retention' },
      { id: young, status: 'QUARANTINED', deleted: false, by: null },
    ]);
    expect(await chunks()).toBe(1);
    const [event] = await owner.query(
      `select payload from event_queue where kind = 'quarantine.expired' and organization_id = $1`,
      [organization.id],
    );
    expect(event).toEqual({ payload: { messages: 1 } });
  });

  test('forgets what phrases were learned of a message that is deleted', async () => {
    await choose({ retentionDays: 7 });
    const id = await quarantined(new Date('2026-11-10T00:00:00Z'));
    await owner.asSystem((sql) =>
      sql(
        `with lessons as (
           insert into sent_lessons (organization_id, source, text)
           select $1, unnest(array[$2, 'another']), 'what was written')
         insert into phrase_learning (organization_id, changed_at) values ($1, '2026-11-01')`,
        [organization.id, id],
      ),
    );
    expect(await deleteExpired(client, day('09:00:00'))).toBe(1);
    const lessons = await owner.query('select source from sent_lessons where organization_id = $1', [organization.id]);
    expect(lessons).toEqual([{ source: 'another' }]);
    const due = await owner.query(
      `select changed_at > '2026-11-02' as due from phrase_learning where organization_id = $1`,
      [organization.id],
    );
    expect(due).toEqual([{ due: true }]);
  });

  test('forgets what a message that is deleted was about', async () => {
    await choose({ retentionDays: 7 });
    const [old, young] = [
      await quarantined(new Date('2026-11-10T00:00:00Z')),
      await quarantined(new Date('2026-11-15T00:00:00Z')),
    ];
    await owner.asSystem((sql) =>
      sql(
        `insert into message_embeddings (organization_id, message_id, by_provider, space, vector)
         select $1, message_id, by_provider, 'a space', '\\x01' from unnest($2::uuid[]) message_id, (values (true), (false)) v(by_provider)`,
        [organization.id, [old, young]],
      ),
    );
    expect(await deleteExpired(client, day('09:00:00'))).toBe(1);
    const kept = await owner.query('select distinct message_id as id from message_embeddings');
    expect(kept).toEqual([{ id: young }]);
  });

  test('takes what other recipients have got out of the quarantine, and keeps it for them', async () => {
    await choose({ retentionDays: 7 });
    const id = await quarantined(new Date('2026-11-10T00:00:00Z'));
    await owner.asSystem((sql) =>
      sql(
        `insert into message_recipients (organization_id, message_id, address, disposition)
         values ($1, $2, 'other@example.org', 'deliver')`,
        [organization.id, id],
      ),
    );
    expect(await deleteExpired(client, day('09:00:00'))).toBe(1);
    expect(await deleteExpired(client, day('09:00:00'))).toBe(0);
    const [message] = await owner.query('select status, deleted_at as "deletedAt" from messages where id = $1', [id]);
    expect(message).toEqual({ status: 'DELIVERED', deletedAt: null });
    expect(await chunks()).toBe(1);
    const recipients = await owner.query(
      'select disposition from message_recipients where message_id = $1 order by disposition',
      [id],
    );
    expect(recipients).toEqual([{ disposition: 'deliver' }, { disposition: 'reject' }]);
  });

  test('waits for what is on its way to a mail server', async () => {
    await choose({ retentionDays: 7 });
    const id = await quarantined(new Date('2026-11-10T00:00:00Z'));
    await owner.asSystem((sql) =>
      sql(
        `insert into onward_deliveries (organization_id, message_id, run_id, recipient, kind, target, route, status)
         select $1, $2, id, 'team@example.org', 'nextHop', 'team@example.org', 'example.org', 'DEFERRED'
         from runs where message_id = $2`,
        [organization.id, id],
      ),
    );
    expect(await deleteExpired(client, day('09:00:00'))).toBe(0);
    expect(await chunks()).toBe(1);
    await owner.asSystem((sql) => sql(`update onward_deliveries set status = 'CANCELED' where message_id = $1`, [id]));
    expect(await deleteExpired(client, day('09:00:00'))).toBe(1);
    expect(await chunks()).toBe(0);
  });

  test('is 30 days where nothing was chosen, and never ends where it is switched off', async () => {
    await quarantined(new Date('2026-10-15T00:00:00Z'));
    await choose({ retentionDays: null });
    expect(await deleteExpired(client, day('09:00:00'))).toBe(0);
    await owner.asSystem((sql) => sql(`update organizations set settings = '{}' where id = $1`, [organization.id]));
    expect(await deleteExpired(client, day('09:00:00'))).toBe(1);
  });

  test('leaves bytes that another message has, also one that is accepted at the same moment', async () => {
    await choose({ retentionDays: 7 });
    const bytes = plainMail({ subject: 'The same' });
    await quarantined(new Date('2026-11-10T00:00:00Z'), bytes);
    const kept = acceptedMail(organization, bytes);
    // The deletion has begun: it has locked the bytes and commits while the acceptance waits.
    await client.query('begin');
    const accepting = { done: false };
    const sql = async <R>(text: string, parameters: readonly unknown[] = []) =>
      (await client.query(text, [...parameters])).rows as R[];
    const [row] = await owner.query<{ id: string }>('select id from messages where organization_id = $1', [
      organization.id,
    ]);
    expect(await deleteQuarantined(sql, [row!.id], 'test')).toHaveLength(1);
    const accepted = system
      .asSystem((of) => acceptMessages(of, [kept]))
      .then(() => {
        accepting.done = true;
      });
    await eventually(async () => {
      const waiting = await owner.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
      expect(waiting.length).toBeGreaterThan(0);
    });
    expect(accepting.done).toBe(false);
    await client.query('commit');
    await accepted;
    const stored = await app.withOrganization(organization.id, (of) => readBlob(of, kept.sha256));
    expect(stored?.equals(bytes)).toBe(true);
    // And the next deletion leaves them to it.
    const second = await quarantined(new Date('2026-11-11T00:00:00Z'), bytes);
    expect(await deleteExpired(client, day('09:00:00'))).toBe(1);
    expect(await chunks()).toBe(1);
    const [tombstone] = await owner.query('select deleted_by as by from messages where id = $1', [second]);
    expect(tombstone).toEqual({ by: 'retention' });
  });
});

test('the duty does both by itself, and another worker takes over', async () => {
  await choose({ digestHour: 0, retentionDays: 7 });
  await quarantined(new Date(Date.now() - 60_000));
  const old = await quarantined(new Date(Date.now() - 8 * 86_400_000));
  const duty = () =>
    createQuarantineDuty({
      url: database.url,
      applicationName: 'test-duty',
      releaseUrl: null,
      onError: () => undefined,
    });
  const [first, second] = [duty(), duty()];
  first.start();
  second.start();
  await eventually(async () => {
    expect(await digests()).toHaveLength(1);
    const [row] = await owner.query('select deleted_by as by from messages where id = $1', [old]);
    expect(row).toEqual({ by: 'retention' });
  });
  expect(Number(first.leads) + Number(second.leads)).toBe(1);
  const leader = first.leads ? first : second;
  await leader.stop();
  await eventually(() => Promise.resolve(expect((leader === first ? second : first).leads).toBe(true)));
  await Promise.all([first.stop(), second.stop()]);
  expect(await digests()).toHaveLength(1);
});
