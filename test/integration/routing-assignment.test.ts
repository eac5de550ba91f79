import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AssignmentProposal } from '../../src/domain/assignment.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { plainMail } from '../support/messages.js';
import { startLearningServers, type LearningServers } from './learning/learning-servers.js';

let servers: LearningServers;
let workers: WorkerProcess[];
let organization: TestOrganization;
let stranger: TestOrganization;

beforeAll(async () => {
  servers = await startLearningServers();
  const owner = servers.api.database.open('owner');
  organization = await createOrganization(owner, 'staff.example');
  stranger = await createOrganization(owner, 'stranger.example');
  workers = [await servers.flow.startWorker(), await servers.flow.startWorker()];
});
afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.stop()));
  await servers?.stop();
});

const ask = <Data>(query: string, variables?: Record<string, unknown>, of = organization) =>
  servers.ask<Data>(of.token, query, variables);

interface SeenPerson {
  id: string;
  name: string;
  open: number;
  working: boolean;
  openMessages: { id: string }[];
}
async function savePerson(name: string, more: Record<string, unknown> = {}): Promise<string> {
  const input = { name, address: `${name.toLowerCase()}@staff.example`, ...more };
  const { savePerson: saved } = await ask<{ savePerson: { id: string } }>(
    'mutation ($input: SavePersonInput!) { savePerson(input: $input) { id } }',
    { input },
  );
  return saved.id;
}
const people = async () =>
  (await ask<{ people: SeenPerson[] }>('{ people { id name open working openMessages { id } } }')).people;

interface SeenAssignment {
  team: string | null;
  person: string | null;
  status: string;
  assignedBy: string;
  explanation: string;
}
const assignmentOf = async (id: string, of = organization) =>
  (
    await ask<{ message: { assignment: SeenAssignment | null } | null }>(
      `{ message(id: "${id}") { assignment { team person status assignedBy explanation } } }`,
      {},
      of,
    )
  ).message?.assignment ?? null;
const proposalOf = async (id: string) => {
  const steps = await servers.flow.steps(organization, id);
  return (steps.find(({ name }) => name === 'routingAnalysis')?.outcome?.['assignment'] ??
    null) as unknown as AssignmentProposal | null;
};
const eventsOf = (id: string) =>
  servers.api.database
    .open('owner')
    .query<{ kind: string }>(
      `select kind from (select kind, message_id from event_queue union all select kind, message_id from events) e
       where message_id = $1 and kind in ('message.assigned', 'message.unassigned', 'message.done')`,
      [id],
    )
    .then((rows) => rows.map(({ kind }) => kind).toSorted());

let number = 0;
const mail = (subject: string, from = 'Accounts <accounts@supplier.example>') => {
  number += 1;
  return plainMail({ from, subject: `${subject} ${number}`, text: `Please look at ${subject} number ${number}.\r\n` });
};

let ada: string;
let ben: string;
let team: string;

test('keeps people with their hours, refuses what cannot be, and says who is at work', async () => {
  ada = await savePerson('Ada');
  ben = await savePerson('Ben', { timeZone: 'europe/berlin' });
  await savePerson('Zoe', { absences: [{ from: '2020-01-01', until: '2099-12-31' }] });
  await expect(savePerson('Ada')).rejects.toThrow(/another one has it already/);
  await expect(
    savePerson('Eve', { timeZone: '+01:00', hours: [{ weekday: 9, from: '9', to: '17:00' }] }),
  ).rejects.toThrow(/weekday.*from.*timeZone/);
  expect((await people()).map(({ name, working }) => [name, working])).toEqual([
    ['Ada', true],
    ['Ben', true],
    ['Zoe', false],
  ]);
  const zoe = (await people())[2]!.id;
  const { saveTeam } = await ask<{ saveTeam: { id: string; members: { name: string }[] } }>(
    'mutation ($input: SaveTeamInput!) { saveTeam(input: $input) { id members { name } } }',
    { input: { name: 'Billing', memberIds: [ada, ben, zoe], mailboxIds: [organization.mailboxId] } },
  );
  team = saveTeam.id;
  expect(saveTeam.members.map(({ name }) => name)).toEqual(['Ada', 'Ben', 'Zoe']);
});

test('proposes and assigns nothing by itself until a rule or the organization says so', async () => {
  const id = await eventually(async () => {
    const received = await servers.flow.receiveAndEnd(organization, mail('readings'));
    expect(await proposalOf(received)).toMatchObject({ teamId: team, source: 'mailbox', automatic: false });
    return received;
  }, 30_000);
  expect((await proposalOf(id))?.explanation).toMatch(/^Billing answers the mail of Everyone; Zoe is away until/);
  expect(await assignmentOf(id)).toBeNull();
});

test('a rule that names a team shares mail out by load, though many come at once and two workers take them', async () => {
  const rules = [
    {
      name: 'bills',
      conditions: [{ field: 'subject', operator: 'contains', value: 'bill' }],
      mailboxId: organization.mailboxId,
      teamId: team,
    },
  ];
  await ask('mutation ($input: SaveMailboxInput!) { saveMailbox(input: $input) { id rules { teamId } } }', {
    input: { id: organization.mailboxId, name: 'Everyone', pattern: '*@staff.example', rules },
  });
  await expect(ask(`mutation { removeTeam(id: "${team}") }`)).rejects.toThrow(/bills of Everyone/);
  await eventually(async () => {
    const id = await servers.flow.receiveAndEnd(organization, mail('bill'));
    expect(await assignmentOf(id)).toMatchObject({ team: 'Billing', assignedBy: 'rule' });
  }, 30_000);
  // One worker knows the rule; the other keeps what it read of the organization for a second.
  await sleep(1_000);
  const before = (await people()).reduce((sum, { open }) => sum + open, 0);
  const ids = await Promise.all(
    Array.from({ length: 9 + (before % 2) }, () => servers.flow.receiveAndEnd(organization, mail('bill'), 60_000)),
  );
  const seen = await people();
  const [first, second, away] = seen.map(({ open }) => open) as [number, number, number];
  expect(first + second).toBe(before + ids.length);
  expect(Math.abs(first - second)).toBeLessThanOrEqual(1);
  expect(away).toBe(0);
  expect(seen[0]!.openMessages).toHaveLength(first);
  for (const id of ids) expect(await eventsOf(id)).toEqual(['message.assigned']);
});

test('a person’s word replaces it, counts until it is done, and outlasts another run', async () => {
  const id = await servers.flow.receiveAndEnd(organization, mail('bill'));
  const assign = (variables: Record<string, unknown>, of = organization) =>
    ask<{ assignMessage: { changed: boolean; taught: boolean } }>(
      `mutation ($message: ID!, $team: ID, $person: ID) {
        assignMessage(messageId: $message, teamId: $team, personId: $person) { changed taught } }`,
      { message: id, ...variables },
      of,
    ).then((data) => data.assignMessage);
  await expect(assign({})).rejects.toThrow(/name a team, a person, or both/);
  await expect(assign({ person: ada }, stranger)).rejects.toThrow(/no incoming message/);
  expect(await assignmentOf(id, stranger)).toBeNull();
  // Whoever has it: afterwards Ben does, by himself.
  expect(await assign({ person: ben })).toEqual({ changed: true, taught: true });
  expect(await assign({ person: ben })).toEqual({ changed: false, taught: false });
  const load = async () => (await people()).find(({ name }) => name === 'Ben')!.open;
  const open = await load();
  const complete = () =>
    ask<{ completeAssignment: { changed: boolean } }>(
      `mutation { completeAssignment(messageId: "${id}") { changed } }`,
    );
  expect((await complete()).completeAssignment.changed).toBe(true);
  expect((await complete()).completeAssignment.changed).toBe(false);
  expect(await load()).toBe(open - 1);
  await servers.flow.command(organization, id, 'reprocess');
  await eventually(async () => {
    const runs = await servers.flow.runs(organization, id);
    expect(runs.map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);
  }, 30_000);
  expect(await assignmentOf(id)).toMatchObject({ person: 'Ben', status: 'DONE', assignedBy: 'test' });
  expect(await eventsOf(id)).toEqual(['message.assigned', 'message.assigned', 'message.done']);
});

test('what people assign is learned, and forgotten when it is taken back', async () => {
  const from = 'Plant <watch@plant.example>';
  const ids: string[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const id = await servers.flow.receiveAndEnd(organization, mail('turbine', from));
    ids.push(id);
    await ask(`mutation { assignMessage(messageId: "${id}", personId: "${ada}") { taught } }`);
  }
  await eventually(async () => {
    const proposal = await proposalOf(await servers.flow.receiveAndEnd(organization, mail('turbine', from)));
    expect(proposal).toMatchObject({ person: 'Ada', source: 'learned', automatic: false });
    expect(proposal?.explanation).toContain('learned from 6 assignments');
  }, 30_000);
  for (const id of ids) await ask(`mutation { unassignMessage(messageId: "${id}") { changed } }`);
  expect(await eventsOf(ids[0]!)).toEqual(['message.assigned', 'message.unassigned']);
  await eventually(async () => {
    const proposal = await proposalOf(await servers.flow.receiveAndEnd(organization, mail('turbine', from)));
    expect(proposal?.source).toBe('mailbox');
  }, 30_000);
});

test('where the organization wants it, the mail of a team’s mailbox is assigned; people who leave take nothing along', async () => {
  await ask('mutation { assignAutomatically(automatic: true) }');
  await eventually(async () => {
    const id = await servers.flow.receiveAndEnd(organization, mail('readings'));
    expect(await assignmentOf(id)).toMatchObject({ team: 'Billing', assignedBy: 'mailbox' });
  }, 30_000);
  expect(await ask(`mutation { removePerson(id: "${ada}") }`)).toEqual({ removePerson: true });
  expect((await people()).map(({ name }) => name)).toEqual(['Ben', 'Zoe']);
  expect(await ask('{ people { id } teams { id } }', {}, stranger)).toEqual({ people: [], teams: [] });
});
