import { afterAll, beforeAll, expect, test } from 'vitest';
import { resetSpamLearning, teachSpam, withdrawSpamLesson } from '../../src/adapters/organizations/spam-lessons.js';
import type { SpamDetectionOutcome } from '../../src/domain/outcomes.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import { plainMail } from '../support/messages.js';

let servers: FlowServers;
let worker: WorkerProcess;
let organization: TestOrganization;
let stranger: TestOrganization;
let other: string;

beforeAll(async () => {
  servers = await startFlowServers();
  organization = await createOrganization(servers.owner, 'learning.example');
  stranger = await createOrganization(servers.owner, 'stranger.example');
  other = await servers.owner.asSystem(async (sql) => {
    const [row] = await sql<{ id: string }>(
      `insert into mailboxes (organization_id, domain_id, name, pattern)
       select organization_id, id, 'Sales', 'sales@learning.example' from domains where name = 'learning.example'
       returning id`,
    );
    return row!.id;
  });
  worker = await servers.flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
});

let number = 0;
/** Every mail another one: identical content would be answered from what is kept. */
function bulletin() {
  number += 1;
  return plainMail({
    from: 'Chess club <bulletin@chess.example>',
    subject: `Chess club bulletin ${number}`,
    text: `Dear members, bulletin ${number} of the chess club: the results of the league and the dates.\r\n`,
  });
}

async function spamOutcome(of: TestOrganization, mailboxId = of.mailboxId) {
  const id = await servers.flow.receive(of, bulletin(), {
    recipients: [{ address: `team@${of.domain}`, mailboxId }],
  });
  const outcome = await eventually(async () => {
    const step = (await servers.flow.steps(of, id)).find(({ name }) => name === 'spamDetection');
    expect(step?.status).toBe('DONE');
    return step!.outcome as unknown as SpamDetectionOutcome;
  });
  return { id, outcome };
}

/** What was taught is in force within about a second: the next message after that. */
const becomes = (of: TestOrganization, verdict: string, mailboxId = of.mailboxId) =>
  eventually(async () => expect((await spamOutcome(of, mailboxId)).outcome.verdict).toBe(verdict), 20_000);

const teach = (messageId: string, isSpam: boolean, scope: 'ORGANIZATION' | 'MAILBOX') =>
  servers.read(organization, (sql) => teachSpam(sql, { messageId, isSpam, scope, by: 'ada' }));
const lessons = (of: TestOrganization) =>
  servers.read(of, async (sql) => {
    const [row] = await sql<{ lessons: number }>('select count(*) as lessons from spam_lessons');
    return row!.lessons;
  });

test('one correction turns the verdict of the next mail like it, for this organization alone; undo restores it', async () => {
  const first = await spamOutcome(organization);
  expect(first.outcome.verdict).toBe('ham');
  expect(await teach(first.id, true, 'ORGANIZATION')).toEqual({ result: 'taught', changed: true, mailboxIds: [null] });
  await becomes(organization, 'spam');
  const { outcome } = await spamOutcome(organization, other);
  expect(outcome.verdict).toBe('spam');
  expect(outcome.contributions.some(({ source }) => source === 'organization')).toBe(true);
  expect((await spamOutcome(stranger)).outcome.verdict).toBe('ham');

  expect(await teach(first.id, true, 'ORGANIZATION')).toMatchObject({ changed: false });
  expect(await lessons(organization)).toBe(1);
  await teach(first.id, false, 'ORGANIZATION');
  expect(await lessons(organization)).toBe(1);
  await becomes(organization, 'ham');

  const target = { messageId: first.id, scope: 'ORGANIZATION', by: 'ada' } as const;
  const withdraw = () => servers.read(organization, (sql) => withdrawSpamLesson(sql, target));
  expect(await withdraw()).toEqual({ changed: true });
  expect(await withdraw()).toEqual({ changed: false });
  await eventually(async () => {
    const restored = (await spamOutcome(organization)).outcome;
    expect(restored.contributions.filter(({ source }) => source === 'organization')).toEqual([]);
    expect(restored.score).toBeCloseTo(first.outcome.score, 1);
  });
});

test('what is taught for one mailbox does not touch the mail of another', async () => {
  const { id } = await spamOutcome(organization);
  expect(await teach(id, true, 'MAILBOX')).toMatchObject({ changed: true, mailboxIds: [organization.mailboxId] });
  await becomes(organization, 'spam');
  expect((await spamOutcome(organization, other)).outcome.verdict).toBe('ham');
  const reset = () => servers.read(organization, (sql) => resetSpamLearning(sql, organization.mailboxId, 'ada'));
  expect(await reset()).toBe(1);
  expect(await reset()).toBe(0);
  await becomes(organization, 'ham');
});

test('loses no lesson where many teach at the same moment', async () => {
  const mails = await Promise.all(Array.from({ length: 8 }, () => spamOutcome(organization)));
  await Promise.all(mails.map(({ id }, index) => teach(id, index % 2 === 0, 'ORGANIZATION')));
  expect(
    await servers.read(organization, (sql) => sql('select spam, ham from spam_models where mailbox_id is null')),
  ).toEqual([{ spam: 4, ham: 4 }]);
});

test('a stranger cannot teach by a message of this organization', async () => {
  const { id } = await spamOutcome(organization);
  const taught = await servers.read(stranger, (sql) =>
    teachSpam(sql, { messageId: id, isSpam: true, scope: 'ORGANIZATION', by: 'eve' }),
  );
  expect(taught).toEqual({ result: 'noMessage' });
  expect(await lessons(stranger)).toBe(0);
});
