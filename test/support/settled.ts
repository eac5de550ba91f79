import { expect } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { STAGES, stepsOf } from '../../src/domain/pipeline.js';
import { eventually } from './eventually.js';
import type { Delivered } from './mail-senders.js';

const STEPS = STAGES.flatMap((stage) => stepsOf(stage, [])).sort();

/** How many runs are in their middle: some of their steps are committed, others are not. */
export async function runsInTheMiddle(database: Database): Promise<number> {
  const [row] = await database.query<{ runs: number }>(
    'select count(*) as runs from runs r where ended_at is null and exists (select from steps where run_id = r.id)',
  );
  return row!.runs;
}

/** Waits until every run has ended and the feed has all events. */
export async function allEnded(database: Database, withinMs = 70_000): Promise<void> {
  await eventually(async () => {
    const [row] = await database.query(
      `select (select count(*) from runs where ended_at is null) as open, (select count(*) from event_queue) as queued`,
    );
    expect(row).toEqual({ open: 0, queued: 0 });
  }, withinMs);
}

/** Of those that a client got a 250 for, the ones that are not there. */
export async function lostOf(database: Database, delivered: readonly Delivered[]): Promise<Delivered[]> {
  const rows = await database.query<{ id: string }>('select id from messages where id = any($1)', [
    delivered.map(({ id }) => id),
  ]);
  const stored = new Set(rows.map(({ id }) => id));
  return delivered.filter(({ id }) => !stored.has(id));
}

/**
 * Every mail that got a 250, and no other, is there once, has ended in one run with every step, and what its run did
 * outside its own rows was done once.
 */
export async function expectEachOnce(database: Database, delivered: readonly Delivered[]): Promise<void> {
  expect(await lostOf(database, delivered), 'lost').toEqual([]);
  const messages = await database.query<{ id: string; messageId: string; status: string }>(
    'select id, message_id as "messageId", status from messages order by 2',
  );
  expect(messages.map(({ messageId }) => messageId)).toEqual(delivered.map(({ messageId }) => messageId).sort());
  expect(new Set(messages.map(({ status }) => status))).toEqual(new Set(['DELIVERED']));

  const runs = await database.query<{ workflowId: string; steps: string[]; statuses: string[] }>(
    `select r.workflow_id as "workflowId", array_agg(s.name order by s.name) as steps,
       array_agg(distinct s.status) as statuses
     from runs r join messages m on m.id = r.message_id left join steps s on s.run_id = r.id
     where r.ended_at is not null and r.number = 1 and r.status = m.status group by r.id`,
  );
  expect(runs).toHaveLength(messages.length);
  expect(
    runs.filter((run) => run.steps.join() !== STEPS.join()),
    'runs whose steps are not all there, once',
  ).toEqual([]);
  expect([...new Set(runs.flatMap((run) => run.statuses))]).not.toContain('FAILED');
  expect([...new Set(runs.flatMap((run) => run.statuses))]).not.toContain('RUNNING');
  await expectEffectsOnce(database, messages.length);
  await expectFeedWhole(database, messages.length);
}

async function expectEffectsOnce(database: Database, messages: number): Promise<void> {
  const [effects] = await database.query(
    `select (select sum(value) from counters where name = 'incoming.messages') as counted,
       (select count(*) from side_effects where kind = 'counters') as ledger,
       (select count(*) from notifications) as notifications,
       (select count(distinct message_id) from notifications) as notified`,
  );
  expect(effects).toEqual({
    counted: String(messages),
    ledger: messages,
    notifications: messages,
    notified: messages,
  });
}

/** Events that a run has once; a step's and a stage's may come twice where a commit's answer was lost. */
const ONCE = ['message.received', 'run.started', 'run.ended'];

async function expectFeedWhole(database: Database, messages: number): Promise<void> {
  const kinds = await database.query<{ kind: string; total: number; about: number }>(
    `select kind, count(*) as total, count(distinct message_id) as about from events where kind = any($1) group by 1`,
    [ONCE],
  );
  expect(kinds.sort((a, b) => ONCE.indexOf(a.kind) - ONCE.indexOf(b.kind))).toEqual(
    ONCE.map((kind) => ({ kind, total: messages, about: messages })),
  );
  const [feed] = await database.query(
    `select count(*) = max(e.position) and min(e.position) = 1 and max(e.position) = max(h.position) as consecutive
     from events e join feed_heads h using (organization_id)`,
  );
  expect(feed).toEqual({ consecutive: true });
}
