import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/domain/json.js';
import { saveRule } from '../../src/adapters/organizations/rules.js';
import type { RuleAction, RuleDraft } from '../../src/domain/rules.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import { plainMail } from '../support/messages.js';

let servers: FlowServers;
let worker: WorkerProcess;
let organization: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  servers = await startFlowServers();
  organization = await createOrganization(servers.owner, 'example.org');
  other = await createOrganization(servers.owner, 'other.example');
  worker = await servers.flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
});
afterEach(() => setRules([]));

/** Rules of the organization, in this order; in force when this resolves. */
async function setRules(drafts: (Partial<RuleDraft> & Pick<RuleDraft, 'expression' | 'actions'>)[]): Promise<void> {
  await servers.read(organization, async (sql) => {
    await sql('delete from disposition_rules');
    for (const draft of drafts) {
      await saveRule(sql, null, { name: 'a rule', enabled: true, stop: false, overrides: false, ...draft });
    }
  });
  // Workers read an organization's rules once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
}

const rows = <Row extends Record<string, unknown>>(text: string, id: string) =>
  servers.read(organization, (sql) => sql<Row>(text, [id]));

async function addMailbox(name: string, pattern: string, members: string[] = []): Promise<string> {
  const [mailbox] = await servers.owner.asSystem((sql) =>
    sql<{ id: string }>(
      `insert into mailboxes (organization_id, domain_id, name, pattern, members)
       select organization_id, id, $2, $3, $4 from domains where name = $1 returning id`,
      [organization.domain, name, pattern, members],
    ),
  );
  return mailbox!.id;
}

const receive = (mail: Parameters<typeof plainMail>[0]) =>
  servers.flow.receiveAndEnd(organization, plainMail({ text: 'Dear team, the figures are attached.', ...mail }));

describe('a rule that matches', () => {
  test.each<[string, RuleAction, string, string]>([
    ['quarantines', { kind: 'quarantine' }, 'QUARANTINED', 'quarantine'],
    ['rejects', { kind: 'reject', text: 'no' }, 'REJECTED', 'reject'],
  ])('%s, and the decision names it', async (_what, action, status, disposition) => {
    await setRules([{ name: 'Numbers', expression: 'message.subject.matches("^Figures [0-9]+$")', actions: [action] }]);
    const id = await receive({ subject: 'Figures 12' });
    expect(await servers.flow.message(organization, id)).toMatchObject({
      status,
      disposition,
      reason: 'the rule "Numbers" says so',
    });
    const missed = await receive({ subject: 'Figures' });
    expect(await servers.flow.message(organization, missed)).toMatchObject({ status: 'DELIVERED' });
    const [run] = await rows<{ decision: { effects: { rules: Json[] } } }>(
      'select decision from runs where message_id = $1',
      id,
    );
    expect(run!.decision.effects.rules).toEqual([{ id: expect.any(String), name: 'Numbers' }]);
  });

  test('delivers what the built-in policy would quarantine', async () => {
    const spam = { subject: 'Offer', text: 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X' };
    await setRules([{ expression: 'from.exists(a, a.domain == "friend.example")', actions: [{ kind: 'deliver' }] }]);
    const kept = await receive({ ...spam, from: 'a@enemy.example' });
    expect(await servers.flow.message(organization, kept)).toMatchObject({ status: 'QUARANTINED' });
    const admitted = await receive({ ...spam, from: 'a@friend.example' });
    expect(await servers.flow.message(organization, admitted)).toMatchObject({
      status: 'DELIVERED',
      reason: 'the rule "a rule" says so',
    });
  });

  test('holds for a person, whose release lets its other actions happen', async () => {
    await setRules([
      {
        expression: 'message.subject == "Look at this"',
        actions: [{ kind: 'hold' }, { kind: 'forward', addresses: ['boss@elsewhere.example'], keepCopy: true }],
      },
    ]);
    const id = await servers.flow.receive(organization, plainMail({ subject: 'Look at this' }));
    await eventually(async () =>
      expect(await servers.flow.message(organization, id)).toMatchObject({ status: 'HELD' }),
    );
    const forwards = () => rows(`select target from side_effects where message_id = $1 and kind = 'forward'`, id);
    expect(await forwards()).toEqual([]);
    await servers.flow.command(organization, id, 'release');
    await eventually(async () =>
      expect(await servers.flow.message(organization, id)).toMatchObject({
        status: 'DELIVERED',
        reason: 'a person released it',
      }),
    );
    expect(await forwards()).toEqual([{ target: 'boss@elsewhere.example' }]);
  });

  test('forwards instead of delivering, labels and tells people, each once however often it is processed', async () => {
    await setRules([
      {
        name: 'Invoices',
        expression: 'message.subject.startsWith("Invoice")',
        actions: [
          { kind: 'forward', addresses: ['accounts@elsewhere.example'], keepCopy: false },
          { kind: 'label', labels: ['invoice', 'to pay'] },
          { kind: 'notify', addresses: ['ada@example.org'] },
        ],
      },
    ]);
    const id = await receive({ subject: 'Invoice 4711' });
    expect(await servers.flow.message(organization, id)).toMatchObject({ status: 'DELIVERED', disposition: 'forward' });
    await servers.read(organization, (sql) =>
      sql(`delete from message_labels where message_id = $1 and label = 'to pay'`, [id]),
    );
    await servers.flow.command(organization, id, 'reprocess');
    await eventually(async () => {
      const runs = await servers.flow.runs(organization, id);
      expect(runs.map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);
    });
    // What a person took away stays away.
    expect(await rows('select label, set_by as by from message_labels where message_id = $1', id)).toEqual([
      { label: 'invoice', by: 'rule Invoices' },
    ]);
    expect(await rows(`select recipient, text from notifications where message_id = $1 and kind = 'rule'`, id)).toEqual(
      [{ recipient: 'ada@example.org', text: 'The rule "Invoices" matches: Invoice 4711' }],
    );
    expect(
      await rows(`select recipient, target from onward_deliveries where message_id = $1 and kind = 'forward'`, id),
    ).toEqual([{ recipient: 'team@example.org', target: 'accounts@elsewhere.example' }]);
    expect(await rows('select disposition from message_recipients where message_id = $1', id)).toEqual([
      { disposition: 'forward' },
    ]);
  });

  test('redirects into another mailbox', async () => {
    const mailboxId = await addMailbox('Billing', 'billing@example.org');
    await setRules([{ expression: 'message.subject == "Bill"', actions: [{ kind: 'redirect', mailboxId }] }]);
    const id = await receive({ subject: 'Bill' });
    expect(
      await rows('select mailbox_id as mailbox, deliver_to as "to" from message_recipients where message_id = $1', id),
    ).toEqual([{ mailbox: mailboxId, to: 'billing@example.org' }]);
  });

  test('on one recipient leaves the others theirs, and a release delivers to the rest', async () => {
    const mailboxId = await addMailbox('Board', 'board@example.org');
    await setRules([
      { name: 'Quiet board', expression: 'recipient == "board@example.org"', actions: [{ kind: 'quarantine' }] },
      {
        name: 'Closed',
        expression: 'mailbox == "Board" && recipient != "board@example.org"',
        actions: [{ kind: 'hold' }],
      },
    ]);
    const id = await servers.flow.receive(organization, plainMail(), {
      recipients: [
        { address: 'Team@example.org', mailboxId: organization.mailboxId },
        { address: 'board@example.org', mailboxId },
      ],
    });
    const dispositions = () =>
      rows('select address, disposition from message_recipients where message_id = $1 order by lower(address)', id);
    await eventually(async () =>
      expect(await servers.flow.message(organization, id)).toMatchObject({
        status: 'QUARANTINED',
        reason: 'the rule "Quiet board" says so',
      }),
    );
    expect(await dispositions()).toEqual([
      { address: 'board@example.org', disposition: 'quarantine' },
      { address: 'Team@example.org', disposition: 'deliver' },
    ]);
    await servers.flow.command(organization, id, 'release');
    await eventually(async () =>
      expect(await servers.flow.message(organization, id)).toMatchObject({ status: 'DELIVERED' }),
    );
    expect((await dispositions()).map(({ disposition }) => disposition)).toEqual(['deliver', 'deliver']);
  });
});

test('a rule knows who has written before', async () => {
  await setRules([{ expression: '!correspondent.known', actions: [{ kind: 'label', labels: ['stranger'] }] }]);
  const labels = (id: string) => rows('select label from message_labels where message_id = $1', id);
  const first = await receive({ from: 'new@pen-friend.example' });
  expect(await labels(first)).toEqual([{ label: 'stranger' }]);
  expect(await labels(await receive({ from: 'new@pen-friend.example', text: 'And once more.' }))).toEqual([]);
});

test('a rule that cannot be computed, or was broken by hand, decides nothing and stops nothing', async () => {
  await setRules([
    { expression: '1 / (message.size - message.size) == 1', actions: [{ kind: 'reject', text: 'no' }] },
    { expression: 'no.such.thing', actions: [{ kind: 'reject', text: 'no' }] },
    { name: 'The last', expression: 'true', actions: [{ kind: 'quarantine' }] },
  ]);
  const id = await receive({ subject: 'Anything' });
  expect((await servers.flow.message(organization, id)).reason).toBe('the rule "The last" says so');
});

test("another organization's rules are not asked", async () => {
  await setRules([{ expression: 'true', actions: [{ kind: 'reject', text: 'no' }] }]);
  const id = await servers.flow.receiveAndEnd(other, plainMail({ to: 'team@other.example' }));
  expect(await servers.flow.message(other, id)).toMatchObject({ status: 'DELIVERED' });
});
