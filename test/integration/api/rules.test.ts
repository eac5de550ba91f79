import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptMessages, type AcceptedMessage } from '../../../src/adapters/messages/accept-messages.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { keyOf, SimulatedWorker } from './simulated-worker.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let ours: TestOrganization;
let theirs: TestOrganization;
let message: AcceptedMessage;

beforeAll(async () => {
  api = await startTestApi();
  const owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
  const worker = new SimulatedWorker(api.database.open('everpost_app'));
  message = acceptedMail(ours, plainMail({ subject: 'Invoice 12', from: 'Ada <ada@sender.example>' }), {
    recipients: [
      { address: 'team@ours.example', mailboxId: ours.mailboxId },
      { address: 'boss@ours.example', mailboxId: ours.mailboxId },
    ],
  });
  await api.database.open('everpost_system').asSystem((sql) => acceptMessages(sql, [message]));
  await worker.begin(keyOf(message));
  await worker.parsed(keyOf(message), 'Invoice 12', 'x');
  await worker.step(keyOf(message), {
    name: 'spamDetection',
    outcome: { score: 0.95, verdict: 'spam', contributions: [], answeredBy: 'embedded' },
    findings: [{ code: 'spam.words', severity: 'medium', score: 0.5, explanation: 'words of spam' }],
  });
  await worker.end(keyOf(message), 'QUARANTINED');
});
afterAll(() => api.close());

interface SavedRule {
  id: string;
  name: string;
  phase: string;
  actions: object[];
}
const RULE =
  'id name enabled expression stop overrides phase actions { kind text addresses keepCopy mailboxId labels }';

const save = (input: object, id: string | null = null, of = ours) =>
  api.graphql<{ saveDispositionRule: SavedRule }>(
    of.token,
    `mutation ($input: DispositionRuleInput!, $id: ID) { saveDispositionRule(input: $input, id: $id) { ${RULE} } }`,
    { input, id },
  );
const list = async (of = ours) => {
  const { data } = await api.graphql<{ dispositionRules: SavedRule[] }>(of.token, `{ dispositionRules { ${RULE} } }`);
  return data!.dispositionRules;
};

describe('rules', () => {
  test('are written, changed, ordered and removed, each organization its own', async () => {
    const first = await save({
      name: 'First',
      expression: 'envelope.fromDomain == "spam.example"',
      actions: [
        { kind: 'reject', text: 'no thanks' },
        { kind: 'label', labels: ['x', 'x'] },
      ],
    });
    expect(first.errors).toBeUndefined();
    expect(first.data!.saveDispositionRule).toMatchObject({
      enabled: true,
      stop: false,
      overrides: false,
      phase: 'rcpt',
      actions: [
        { kind: 'reject', text: 'no thanks' },
        { kind: 'label', labels: ['x'] },
      ],
    });
    const second = await save({ name: 'Second', expression: 'message.size > 10', actions: [{ kind: 'hold' }] });
    const ids = [first.data!.saveDispositionRule.id, second.data!.saveDispositionRule.id];
    expect((await list()).map(({ name }) => name)).toEqual(['First', 'Second']);
    const order = (given: string[]) =>
      api.graphql(ours.token, 'mutation ($ids: [ID!]!) { orderDispositionRules(ids: $ids) { name } }', { ids: given });
    expect((await order(ids.toReversed())).data).toEqual({
      orderDispositionRules: [{ name: 'Second' }, { name: 'First' }],
    });
    for (const wrong of [[ids[0]!], [ids[0]!, ids[0]!], [...ids, randomUUID()], ['x', 'y']]) {
      expect((await order(wrong)).errors?.[0]?.extensions.code).toBe('CONFLICT');
    }
    const changed = await save({ name: 'Changed', expression: 'true', actions: [{ kind: 'deliver' }] }, ids[0]);
    expect(changed.data!.saveDispositionRule).toMatchObject({ id: ids[0], name: 'Changed', phase: 'rcpt' });
    expect(await list(theirs)).toEqual([]);
    expect(
      (await save({ name: 'x', expression: 'true', actions: [{ kind: 'hold' }] }, ids[0], theirs)).errors?.[0]
        ?.extensions.code,
    ).toBe('NOT_FOUND');
    for (const id of ids) {
      const remove = (of: TestOrganization) =>
        api.graphql(of.token, 'mutation ($id: ID!) { removeDispositionRule(id: $id) { id } }', { id });
      expect((await remove(theirs)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
      expect((await remove(ours)).errors).toBeUndefined();
    }
    expect(await list()).toEqual([]);
  });

  test('are told what is wrong with them, at its place, and are not written', async () => {
    const problems = async (input: object) => {
      const { errors } = await save({ name: 'x', expression: 'true', actions: [{ kind: 'hold' }], ...input });
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      return errors![0]!.extensions['problems'];
    };
    expect(await problems({ expression: 'true &&\n  message.subjet == "x"' })).toEqual([
      { field: 'expression', problem: expect.stringMatching(/^at line 2, column 11: .*did you mean message\.subject/) },
    ]);
    expect(await problems({ name: '', actions: [{ kind: 'redirect', mailboxId: theirs.mailboxId }] })).toEqual([
      { field: 'name', problem: expect.any(String) },
      { field: 'actions[0].mailboxId', problem: expect.stringContaining('there is no mailbox') },
    ]);
    expect(await problems({ expression: 'links.exists(l, message.text.contains(l.text))' })).toEqual([
      { field: 'expression', problem: expect.stringContaining('times as long') },
    ]);
    expect(await list()).toEqual([]);
  });

  test('together may not take too long either', async () => {
    const costly = {
      expression: Array.from({ length: 3 }, (_, i) => `message.text.matches("(?i)w${i}ord")`).join(' || '),
    };
    let refused;
    for (let index = 0; index < 20 && refused === undefined; index++) {
      const { errors } = await save({ name: `n${index}`, actions: [{ kind: 'hold' }], ...costly });
      refused = errors?.[0]?.message;
    }
    expect(refused).toContain('all enabled rules together');
    const { errors } = await save({ name: 'off', enabled: false, actions: [{ kind: 'hold' }], ...costly });
    expect(errors?.[0]?.message).toBeUndefined();
    await api.database.open('owner').query('delete from disposition_rules');
  });

  test('may look at what ruleVariables lists', async () => {
    const { data } = await api.graphql<{ ruleVariables: { name: string; fields: { name: string }[] }[] }>(
      ours.token,
      '{ ruleVariables { name type known description example fields { name type description } } }',
    );
    const byName = new Map(data!.ruleVariables.map((variable) => [variable.name, variable]));
    expect(byName.get('spam.score')).toMatchObject({ type: 'double', known: 'run', fields: [] });
    expect(byName.get('attachments')?.fields.map(({ name }) => name)).toContain('extension');
    expect(byName.get('headers')?.fields.map(({ name }) => name)).toContain('value(string)');
  });
});

describe('a dry run', () => {
  interface Tested {
    testRules: {
      disposition: string;
      reason: string;
      labels: string[];
      notified: string[];
      recipients: {
        address: string;
        disposition: string;
        forwardedTo: string[];
        rules: {
          name: string;
          result: string;
          problem: string | null;
          parts: { expression: string; value: string }[];
          actions: object[];
        }[];
      }[];
    };
  }
  const tryRules = (rules: object[] | null, messageId = message.id, of = ours) =>
    api.graphql<Tested>(
      of.token,
      `query ($id: ID!, $rules: [DispositionRuleInput!]) { testRules(messageId: $id, rules: $rules) {
        disposition reason labels notified recipients { address disposition reason forwardedTo redirectedTo
          rules { id name result problem parts { expression value depth } actions { kind } } } } }`,
      { id: messageId, rules },
    );

  test('shows which rule matches and why, what it would do and what would be decided, and changes nothing', async () => {
    const snapshot = () =>
      api.database.open('owner', 1).query(
        `select (select jsonb_agg(m order by id) from messages m) as m, (select count(*) from event_queue) as q,
           (select count(*) from events) as e, (select count(*) from side_effects) as s,
           (select jsonb_agg(r order by address) from message_recipients r) as r,
           (select count(*) from disposition_rules) as rules`,
      );
    const before = await snapshot();
    const { data, errors } = await tryRules([
      {
        name: 'Strangers',
        expression: 'from.all(a, a.domain != "sender.example")',
        actions: [{ kind: 'reject', text: 'no' }],
      },
      {
        name: 'Invoices',
        expression: 'message.subject.matches("^Invoice [0-9]+$") && spam.score > 0.9',
        actions: [{ kind: 'deliver' }, { kind: 'label', labels: ['bill'] }, { kind: 'notify' }],
      },
      {
        name: 'Boss',
        expression: 'recipient == "boss@ours.example"',
        actions: [{ kind: 'forward', addresses: ['b@home.example'] }],
        stop: true,
      },
      { name: 'Last', expression: 'true', actions: [{ kind: 'hold' }] },
      { name: 'Off', enabled: false, expression: 'true', actions: [{ kind: 'hold' }] },
    ]);
    expect(errors).toBeUndefined();
    const { recipients, ...whole } = data!.testRules;
    expect(whole).toEqual({
      disposition: 'deliver',
      reason: 'the rule "Invoices" says so',
      labels: ['bill'],
      notified: ['members'],
    });
    const [boss, team] = recipients;
    expect(boss).toMatchObject({
      address: 'boss@ours.example',
      disposition: 'forward',
      forwardedTo: ['b@home.example'],
    });
    expect(team).toMatchObject({ address: 'team@ours.example', disposition: 'deliver', forwardedTo: [] });
    expect(boss!.rules.map(({ result }) => result)).toEqual(['noMatch', 'match', 'match', 'notAsked', 'notAsked']);
    expect(boss!.rules.slice(3).map(({ problem }) => problem)).toEqual([
      'a rule before it holds and stops',
      'it is disabled',
    ]);
    expect(team!.rules.map(({ result }) => result)).toEqual(['noMatch', 'match', 'noMatch', 'match', 'notAsked']);
    expect(team!.rules[1]!.parts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ expression: 'message.subject', value: '"Invoice 12"', depth: 2 }),
        expect.objectContaining({ expression: 'spam.score', value: '0.95' }),
        expect.objectContaining({ expression: 'message.subject.matches("^Invoice [0-9]+$")', value: 'true' }),
      ]),
    );
    expect(team!.rules[0]!.actions).toEqual([]);
    expect(await snapshot()).toEqual(before);
  });

  test('asks the rules that there are where no drafts are given', async () => {
    const { data: saved } = await save({ name: 'Real', expression: 'true', actions: [{ kind: 'reject', text: 'no' }] });
    const { data } = await tryRules(null);
    expect(data!.testRules).toMatchObject({ disposition: 'reject', reason: 'the rule "Real" says so' });
    expect((await tryRules([])).data!.testRules).toMatchObject({ disposition: 'quarantine' });
    await api.database
      .open('owner')
      .query('delete from disposition_rules where id = $1', [saved!.saveDispositionRule.id]);
  });

  test('refuses wrong drafts, and messages of others', async () => {
    const { errors } = await tryRules([{ name: 'x', expression: 'nothing.there', actions: [{ kind: 'hold' }] }]);
    expect(errors?.[0]?.extensions['problems']).toEqual([
      { field: 'rules[0].expression', problem: expect.stringContaining('line 1, column 1') },
    ]);
    for (const id of [message.id, 'x']) {
      expect((await tryRules([], id, theirs)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    }
  });
});
