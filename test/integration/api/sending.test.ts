import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { readBlob } from '../../../src/adapters/messages/blobs.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startTestApi, type GraphQLAnswer, type TestApi } from './test-api.js';

let api: TestApi;
let owner: Database;
let organization: TestOrganization;
let organizations = 0;

beforeAll(async () => {
  api = await startTestApi({ messageBytes: 200_000 });
  owner = api.database.open('owner');
});
afterAll(() => api?.close());
beforeEach(async () => {
  organization = await createOrganization(owner, `sender${++organizations}.example`);
});

interface Sent {
  sendMessage: { message: { id: string; status: string } };
}

interface SentBulk {
  sendBulk: {
    message: { id: string; status: string };
    recipients: number;
    duplicates: number;
    refusedCount: number;
    refused: { row: number; address: string; problem: string }[];
  };
}

const SEND = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id status } } }';
const BULK = `mutation ($input: SendBulkInput!) { sendBulk(input: $input) {
  message { id status } recipients duplicates refusedCount refused { row address problem } } }`;

const send = (input: Record<string, unknown>) =>
  api.graphql<Sent>(organization.token, SEND, {
    input: {
      from: `Ada <ada@${organization.domain}>`,
      to: ['bea@one.example'],
      subject: 'Hello',
      text: 'Hi',
      ...input,
    },
  });

const bulk = (input: Record<string, unknown>) =>
  api.graphql<SentBulk>(organization.token, BULK, {
    input: { from: `ada@${organization.domain}`, subject: 'News', text: 'Hi {{name|you}}', ...input },
  });

/** A request by the GraphQL multipart request specification. */
async function upload<Data>(
  query: string,
  input: Record<string, unknown>,
  files: Record<string, File>,
  map?: unknown,
): Promise<GraphQLAnswer<Data>> {
  const form = new FormData();
  const names = Object.keys(files);
  form.append('operations', JSON.stringify({ query, variables: { input } }));
  form.append(
    'map',
    JSON.stringify(map ?? Object.fromEntries(names.map((name) => [name, [`variables.input.${name}`]]))),
  );
  for (const [name, file] of Object.entries(files)) form.append(name, file);
  const response = await fetch(`${api.api.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${organization.token}` },
    body: form,
  });
  const answer = (await response.json()) as { data?: Data; errors?: GraphQLAnswer<Data>['errors'] };
  return { status: response.status, data: answer.data ?? null, errors: answer.errors };
}

const problemsOf = ({ errors }: GraphQLAnswer<unknown>) =>
  (errors?.[0]?.extensions['problems'] ?? []) as { field: string; problem: string }[];

const bytesOf = (id: string) =>
  api.apiDatabase.withOrganization(organization.id, async (sql) => {
    const [row] = await sql<{ sha256: Buffer }>('select sha256 from messages where id = $1', [id]);
    return (await readBlob(sql, row!.sha256))!.toString();
  });

const recipientsOf = (id: string) =>
  owner.query<{ address: string; role: string; merge_fields: Record<string, string> | null }>(
    'select address, role, merge_fields from outgoing_recipients where message_id = $1 order by id',
    [id],
  );

const countMessages = async () => {
  const [row] = await owner.query<{ count: number }>('select count(*) from messages where organization_id = $1', [
    organization.id,
  ]);
  return row!.count;
};

const save = async (input: Record<string, unknown>) => {
  const answer = await api.graphql<{ saveMessageTemplate: { id: string; version: number } }>(
    organization.token,
    'mutation ($input: MessageTemplateInput!) { saveMessageTemplate(input: $input) { id version fields } }',
    { input: { name: 'welcome', language: 'en', subject: 'Welcome, {{name|friend}}', ...input } },
  );
  expect(answer.errors).toBeUndefined();
  return answer.data!.saveMessageTemplate;
};

describe('sendMessage', () => {
  test('accepts a message with copies, attachments and header fields, and answers with its id', async () => {
    const { data, errors } = await send({
      cc: ['Cid <cid@bücher.example>'],
      bcc: ['dan@three.example', 'BEA@one.example', 'bea@ONE.example'],
      replyTo: ['team@elsewhere.example'],
      html: '<p>Hi <img src="cid:logo@a.example"></p>',
      inReplyTo: 'first@host.example',
      headers: [{ name: 'X-Order-Id', value: '7' }],
      attachments: [
        { filename: 'a.txt', content: Buffer.from('attached').toString('base64') },
        { filename: 'logo.png', contentType: 'image/png', content: 'iVBORw==', contentId: 'logo@a.example' },
      ],
      undoSeconds: 30,
      trackOpens: false,
    });
    expect(errors).toBeUndefined();
    const { id, status } = data!.sendMessage.message;
    expect(status).toBe('RECEIVED');
    expect((await recipientsOf(id)).map(({ address, role }) => [address, role])).toEqual([
      ['bea@one.example', 'to'],
      ['cid@xn--bcher-kva.example', 'cc'],
      ['dan@three.example', 'bcc'],
      ['BEA@one.example', 'bcc'],
    ]);
    const bytes = await bytesOf(id);
    expect(bytes).toContain(`From: Ada <ada@${organization.domain}>`);
    expect(bytes).toContain(`Message-ID: <${id}@${organization.domain}>`);
    expect(bytes).toContain('In-Reply-To: <first@host.example>');
    expect(bytes).toMatch(/^X-Order-ID: 7\r$/im);
    expect(bytes).toMatch(/^Content-ID: <logo@a\.example>\r$/im);
    expect(bytes).not.toMatch(/dan@|(?<!\r)\n/);
  });

  test('names everything that is wrong at once, by field', async () => {
    const answer = await send({
      from: 'eve@elsewhere.example',
      to: ['nobody', 'bea@one.example, eve@two.example', 'x@-bad.example'],
      subject: 'two\nlines',
      headers: [
        { name: 'Bcc', value: 'eve@two.example' },
        { name: 'X-Fine', value: 'a\r\nBcc: eve@two.example' },
      ],
      attachments: [{ filename: 'a', content: '***' }, { filename: 'b' }],
      composition: ['magic'],
      translateTo: 'german',
      undoSeconds: -1,
      idempotencyKey: 'key with ü',
      template: 'none',
    });
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(
      problemsOf(answer)
        .map(({ field }) => field)
        .toSorted(),
    ).toEqual([
      'attachments[0].content',
      'attachments[1]',
      'composition',
      'from',
      'headers[0].name',
      'headers[1].value',
      'idempotencyKey',
      'template',
      'text',
      'to[0]',
      'to[1]',
      'to[2]',
      'translateTo',
      'undoSeconds',
    ]);
    expect(await countMessages()).toBe(0);
  });

  test('points to sendBulk where there are 10,000 recipients', async () => {
    const answer = await send({ to: Array.from({ length: 10_000 }, (_, n) => `reader${n}@one.example`) });
    expect(problemsOf(answer)).toEqual([
      { field: 'to', problem: expect.stringMatching(/10000 recipients.*sendBulk takes up to 100,000/) },
    ]);
  });

  test('sends once for an idempotency key, in a field or in the header, and refuses another message with it', async () => {
    const first = await send({ idempotencyKey: 'order-7', to: ['bea@one.example'] });
    const again = await send({ to: ['bea@one.example'], idempotencyKey: 'order-7' });
    expect(again.data!.sendMessage.message.id).toBe(first.data!.sendMessage.message.id);
    const byHeader = await fetch(`${api.api.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${organization.token}`,
        'idempotency-key': '"order-7"',
      },
      body: JSON.stringify({
        query: SEND,
        variables: {
          input: { from: `Ada <ada@${organization.domain}>`, to: ['bea@one.example'], subject: 'Hello', text: 'Hi' },
        },
      }),
    });
    expect(await byHeader.json()).toMatchObject({
      data: { sendMessage: { message: { id: first.data!.sendMessage.message.id } } },
    });
    const other = await send({ idempotencyKey: 'order-7', subject: 'Another' });
    expect(other.errors?.[0]?.extensions).toMatchObject({
      code: 'CONFLICT',
      messageId: first.data!.sendMessage.message.id,
    });
    expect(await countMessages()).toBe(1);
  });

  test('takes an uploaded attachment, refuses one that is too large and a request that is none', async () => {
    const input = { from: `ada@${organization.domain}`, to: ['bea@one.example'], subject: 'Hello', text: 'Hi' };
    const map = { file: ['variables.input.attachments.0.upload'] };
    const attachments = [{ upload: null }];
    const small = new File(['figures, figures'], 'figures.csv', { type: 'text/csv' });
    const sent = await upload<Sent>(SEND, { ...input, attachments }, { file: small }, map);
    expect(sent.errors).toBeUndefined();
    expect(await bytesOf(sent.data!.sendMessage.message.id)).toMatch(/filename=figures\.csv/);
    const large = new File([Buffer.alloc(150_000, 7)], 'large.bin');
    const tooLarge = await upload(SEND, { ...input, attachments }, { file: large }, map);
    expect(problemsOf(tooLarge)).toMatchObject([{ field: 'attachments' }]);
    const hostile = await upload(SEND, { ...input, attachments }, { file: small }, { file: ['__proto__.upload'] });
    expect(problemsOf(hostile)).toContainEqual({
      field: 'attachments[0]',
      problem: 'must have either content or upload',
    });
    const broken = await upload(SEND, { ...input, attachments }, { file: small }, { file: 7 });
    expect(broken.data).toBeNull();
    expect(broken.errors).toHaveLength(1);
  });

  test('is made of a template, with values escaped for where they stand', async () => {
    await save({ html: '<p>Hi {{name|there}}, {{greeting}}</p>', defaultFrom: `Shop <shop@${organization.domain}>` });
    const mergeFields = { name: 'A & B\r\nBcc: eve@two.example', greeting: '<script>{{name}}</script>' };
    const input = { from: null, subject: null, text: null, template: 'Welcome' };
    const { data, errors } = await send({ ...input, mergeFields });
    expect(errors).toBeUndefined();
    const bytes = await bytesOf(data!.sendMessage.message.id);
    expect(bytes).toContain(`From: Shop <shop@${organization.domain}>`);
    expect(bytes).toContain('Subject: Welcome, A & B Bcc: eve@two.example\r\n');
    expect(bytes.replace(/=\r\n/g, '')).toContain('&lt;script&gt;{{name}}&lt;/script&gt;');
    const without = await send({ ...input, mergeFields: {} });
    expect(problemsOf(without)).toMatchObject(
      [{ field: 'mergeFields', problem: /no value for greeting/ }].map(({ field }) => ({ field })),
    );
    const unknown = await send({ ...input, template: 'farewell' });
    expect(problemsOf(unknown)).toContainEqual({ field: 'template', problem: 'there is no template "farewell"' });
  });

  test('of the stream BULK is filled once, for each recipient as it leaves, and refused where a field is missing', async () => {
    const input = { stream: 'BULK', to: ['Bea <bea@one.example>', 'cid@one.example'] };
    const text = '{{name|there}}: {{word}} {{everpost.unsubscribe}}';
    const { data, errors } = await send({ ...input, text, mergeFields: { word: '{{braces}}', more: 'unused' } });
    expect(errors).toBeUndefined();
    const { id } = data!.sendMessage.message;
    expect(await bytesOf(id)).toContain(text);
    expect((await recipientsOf(id)).map(({ merge_fields }) => merge_fields)).toEqual([
      { name: 'Bea', word: '{{braces}}' },
      { word: '{{braces}}' },
    ]);
    for (const missing of ['word', 'constructor']) {
      expect(problemsOf(await send({ ...input, text: `{{${missing}}}` }))).toEqual([
        { field: 'mergeFields', problem: `no value for ${missing}, and the text has no fallback` },
      ]);
    }
  });

  test('leaves braces as they are where no fields are given', async () => {
    const { data } = await send({ text: 'Write {{name}}' });
    expect(await bytesOf(data!.sendMessage.message.id)).toContain('Write {{name}}');
  });
});

describe('npm run send', () => {
  const run = async (...words: string[]) => {
    const node = ['--experimental-transform-types', '--no-warnings', '--import', './test/support/run-typescript.mjs'];
    const env = { ...process.env, EVERPOST_API_URL: api.api.url, EVERPOST_TOKEN: organization.token };
    const child = spawn(process.execPath, [...node, 'src/cli/send.ts', ...words], { env });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, text };
  };

  test('sends a message with a file, and says what is wrong with one', async () => {
    const words = ['--to', 'bea@one.example', '--cc', 'cid@one.example', '--subject', 'Hello', '--text', 'Hi'];
    const sent = await run('--from', `ada@${organization.domain}`, ...words, '--attach', 'LICENSE');
    expect(sent).toEqual({ code: 0, text: expect.stringMatching(/^accepted as [\da-f-]{36};/) });
    const id = /[\da-f-]{36}/.exec(sent.text)![0];
    expect(await bytesOf(id)).toMatch(/filename=LICENSE/);
    const wrong = await run('--from', 'ada@elsewhere.example', ...words);
    expect(wrong).toEqual({ code: 1, text: expect.stringMatching(/^from: elsewhere\.example is no domain/) });
  });
});

describe('message templates', () => {
  test('keep their versions, show what a sending would, and are gone after their removal', async () => {
    const { id } = await save({ text: 'Hi {{name}}' });
    const second = await save({ id, text: 'Hello {{name|you}}, {{order.number}}' });
    expect(second).toMatchObject({ id, version: 2, fields: ['name', 'order.number'] });
    const query = `query ($id: ID!, $version: Int) {
      messageTemplateVersions(id: $id) { version text }
      previewMessageTemplate(id: $id, version: $version, mergeFields: { name: "Bea" }) { subject text missing } }`;
    const { data } = await api.graphql(organization.token, query, { id, version: 1 });
    expect(data).toEqual({
      messageTemplateVersions: [
        { version: 2, text: 'Hello {{name|you}}, {{order.number}}' },
        { version: 1, text: 'Hi {{name}}' },
      ],
      previewMessageTemplate: { subject: 'Welcome, Bea', text: 'Hi Bea', missing: [] },
    });
    const stranger = await createOrganization(owner, `stranger${organizations}.example`);
    const foreign = await api.graphql(stranger.token, query, { id });
    expect(foreign.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    const remove = 'mutation ($id: ID!) { removeMessageTemplate(id: $id) }';
    expect((await api.graphql(organization.token, remove, { id })).data).toEqual({ removeMessageTemplate: true });
    expect((await api.graphql(organization.token, '{ messageTemplates { id } }')).data).toEqual({
      messageTemplates: [],
    });
    await save({ text: 'anew' });
  });
});

describe('sendBulk', () => {
  test('accepts 2,000 recipients with fields of their own from a file, and lists those that are wrong', async () => {
    const lines = Array.from(
      { length: 2_000 },
      (_, n) => `reader${n}@list${n % 7}.example;Réader ${n};${n * 2};secret`,
    );
    const csv = [
      '\ufeffEmail;Name;points;unused',
      ...lines,
      'reader3@list3.example;;1;',
      'nobody;;1;',
      'x@y.example;;;',
      '',
    ];
    const file = new File([csv.join('\r\n')], 'readers.csv', { type: 'text/csv' });
    const input = { from: `ada@${organization.domain}`, subject: 'For {{name|you}}', text: '{{points}} points' };
    const { data, errors } = await upload<SentBulk>(BULK, { ...input, recipientsFile: null }, { recipientsFile: file });
    expect(errors).toBeUndefined();
    const { message, ...told } = data!.sendBulk;
    expect(told).toEqual({
      recipients: 2_000,
      duplicates: 1,
      refusedCount: 2,
      refused: [
        { row: 2_003, address: 'nobody', problem: expect.stringMatching(/must be one address/) },
        { row: 2_004, address: 'x@y.example', problem: expect.stringMatching(/no value for points/) },
      ],
    });
    const recipients = await recipientsOf(message.id);
    expect(recipients).toHaveLength(2_000);
    expect(recipients[7]).toEqual({
      address: 'reader7@list0.example',
      role: 'to',
      merge_fields: { name: 'Réader 7', points: '14' },
    });
    const [row] = await owner.query('select stream from outgoing_messages where message_id = $1', [message.id]);
    expect(row).toEqual({ stream: 'BULK' });
    const bytes = await bytesOf(message.id);
    expect(bytes).toContain('To: undisclosed-recipients:;');
    expect(bytes).toContain('Subject: For {{name|you}}');
    const retried = await upload<SentBulk>(BULK, { ...input, recipientsFile: null }, { recipientsFile: file });
    expect(retried.data!.sendBulk.message.id).not.toBe(message.id);
  });

  test('names the address of unsubscription, which needs no value', async () => {
    const { data, errors } = await bulk({
      text: 'Enough? {{everpost.unsubscribe}}',
      recipients: [{ address: 'bea@one.example' }],
    });
    expect(errors).toBeUndefined();
    expect(data!.sendBulk).toMatchObject({ recipients: 1, refusedCount: 0 });
    const inherited = await bulk({ text: '{{constructor}}', recipients: [{ address: 'bea@one.example' }] });
    expect(problemsOf(inherited)).toMatchObject([{ field: 'recipients[row 1]' }]);
  });

  test('takes a list, and nothing of it where one is wrong and all or none are wanted', async () => {
    const recipients = [{ address: 'Bea <bea@one.example>' }, { address: 'cid@' }];
    const none = await bulk({ recipients, allOrNone: true });
    expect(problemsOf(none)).toMatchObject([{ field: 'recipients[row 2]' }]);
    expect(await countMessages()).toBe(0);
    const some = await bulk({ recipients, idempotencyKey: 'news-1' });
    expect(some.data!.sendBulk).toMatchObject({ recipients: 1, refused: [{ row: 2 }] });
    expect(await recipientsOf(some.data!.sendBulk.message.id)).toMatchObject([{ merge_fields: { name: 'Bea' } }]);
    const again = await bulk({ recipients, idempotencyKey: 'news-1' });
    expect(again.data!.sendBulk.message.id).toBe(some.data!.sendBulk.message.id);
    const others = await bulk({ recipients: [{ address: 'dan@one.example' }], idempotencyKey: 'news-1' });
    expect(others.errors?.[0]?.extensions.code).toBe('CONFLICT');
    expect(problemsOf(await bulk({}))).toMatchObject([{ field: 'recipients' }]);
  });

  test.each([
    ['an empty file', ''],
    ['no column of addresses', 'name,points\nBea,1\n'],
    ['a column twice', 'email,points,Points\nbea@one.example,1,2\n'],
    ['a quote that never ends', 'email,name\n"bea@one.example,Bea\n'],
    ['text that is not UTF-8', Buffer.from('email,name\nbea@one.example,Jos\xe9\n', 'latin1')],
  ])('says what is wrong with %s', async (_what, content) => {
    const file = new File([content], 'readers.csv');
    const input = { from: `ada@${organization.domain}`, subject: 'News', text: 'Hi', recipientsFile: null };
    const answer = await upload(BULK, input, { recipientsFile: file });
    expect(problemsOf(answer)).toMatchObject([{ field: 'recipientsFile' }]);
  });

  test('tells how far it is, until it is over', async () => {
    const recipients = Array.from({ length: 3 }, (_, n) => ({ address: `reader${n}@one.example` }));
    const { data } = await bulk({ recipients });
    const { id } = data!.sendBulk.message;
    const seen: unknown[] = [];
    const client = api.subscriber(organization.token);
    const over = new Promise<void>((resolve, reject) => {
      client.subscribe<{ sendingProgress: unknown }>(
        {
          query:
            'subscription ($id: ID!) { sendingProgress(messageId: $id) { status total ended counts { status count } } }',
          variables: { id },
        },
        { next: (value) => void seen.push(value.data?.sendingProgress), error: reject, complete: resolve },
      );
    });
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen[0]).toEqual({ status: 'RECEIVED', total: 3, ended: 0, counts: [{ status: 'QUEUED', count: 3 }] });
    await api.apiDatabase.withOrganization(organization.id, async (sql) => {
      await sql(`update outgoing_recipients set status = 'DELIVERED' where message_id = $1`, [id]);
      await sql(`update messages set status = 'DELIVERED' where id = $1`, [id]);
      await sql(
        `insert into event_queue (organization_id, kind, message_id, payload) values ($1, 'outgoing.progress', $2, '{}')`,
        [organization.id, id],
      );
      await sql(`select pg_notify('everpost_queue', '')`);
    });
    await over;
    expect(seen.at(-1)).toEqual({
      status: 'DELIVERED',
      total: 3,
      ended: 3,
      counts: [{ status: 'DELIVERED', count: 3 }],
    });
  });
});

describe('the password of a mailbox', () => {
  test('is set and taken away, shown to nobody, and recorded', async () => {
    const set =
      'mutation ($id: ID!, $password: String!) { setMailboxPassword(mailboxId: $id, password: $password) { password { setBy } } }';
    const short = await api.graphql(organization.token, set, { id: organization.mailboxId, password: 'short' });
    expect(problemsOf(short)).toMatchObject([{ field: 'password' }]);
    const { data } = await api.graphql(organization.token, set, {
      id: organization.mailboxId,
      password: 'correct horse battery',
    });
    expect(data).toEqual({ setMailboxPassword: { password: { setBy: 'token test' } } });
    const stranger = await createOrganization(owner, `other${organizations}.example`);
    const foreign = await api.graphql(stranger.token, set, {
      id: organization.mailboxId,
      password: 'correct horse battery',
    });
    expect(foreign.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    const [row] = await owner.query<{ hash: string }>('select hash from mailbox_passwords');
    expect(row!.hash).toMatch(/^\$argon2id\$v=19\$/);
    const remove = 'mutation ($id: ID!) { removeMailboxPassword(mailboxId: $id) }';
    expect((await api.graphql(organization.token, remove, { id: organization.mailboxId })).data).toEqual({
      removeMailboxPassword: true,
    });
    const audit = await owner.query<{ action: string; text: string }>(
      `select action, a::text as text from audit_events a where organization_id = $1 order by at`,
      [organization.id],
    );
    expect(audit.map(({ action }) => action)).toEqual(['mailbox.setPassword', 'mailbox.removePassword']);
    expect(JSON.stringify(audit)).not.toMatch(/horse|argon2/);
  });
});
