import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { simpleParser } from 'mailparser';
import type { Database } from '../../../src/adapters/database/database.js';
import type { GivenMessage } from '../../../src/adapters/outgoing/accept-outgoing.js';
import { saveOutgoingRule } from '../../../src/adapters/outgoing/outgoing-rules.js';
import { commandOutgoing } from '../../../src/adapters/outgoing/person-commands.js';
import type { OutgoingRuleAction } from '../../../src/domain/outgoing/outgoing-rules.js';
import type { MessageStatus } from '../../../src/domain/status.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { handIn } from '../../support/outgoing-mail.js';
import { ScriptedSmtp } from '../../support/scripted-smtp.js';

let servers: FlowServers;
let owner: Database;
let remote: ScriptedSmtp;
let worker: WorkerProcess;
let organization: TestOrganization;
let organizations = 0;

beforeAll(async () => {
  servers = await startFlowServers();
  ({ owner } = servers);
  remote = await ScriptedSmtp.start();
  const smartHost = `smtp://127.0.0.1:${remote.port}`;
  worker = await servers.flow.startWorker({ transport: { ...ONWARD_SETTINGS.transport, smartHost } });
});
afterAll(async () => {
  await worker?.stop();
  await remote?.stop();
  await servers?.stop();
});
beforeEach(async () => {
  organization = await createOrganization(owner, `prepared${++organizations}.example`);
  remote.script = {};
  remote.taken.length = 0;
});

const mail = (fields: string[], body: string) => Buffer.from([...fields, '', body].join('\r\n'));

const send = async (to: string[], more: Partial<GivenMessage> = {}) =>
  (await servers.read(organization, (sql) => handIn(sql, organization, to, more))).messageId;

const rule = (expression: string, ...actions: OutgoingRuleAction[]) =>
  servers.read(organization, (sql) =>
    saveOutgoingRule(sql, null, { name: `when ${expression}`, enabled: true, expression, actions }),
  );

async function shown(messageId: string) {
  const [row] = await servers.read(organization, (sql) =>
    sql<{ status: MessageStatus; reason: string | null; heldBecause: string | null; retention: string | null }>(
      `select m.status, m.disposition_reason as reason, o.held_because as "heldBecause", o.retention
       from messages m join outgoing_messages o on o.message_id = m.id where m.id = $1`,
      [messageId],
    ),
  );
  return row!;
}
const becomes = (messageId: string, status: MessageStatus) =>
  eventually(async () => expect(await shown(messageId)).toMatchObject({ status }), 9_000);
const approve = (messageId: string) =>
  servers.read(organization, (sql) =>
    commandOutgoing(sql, messageId, { command: 'approve' }, { actor: 'token ada', address: null }, new Date()),
  );
const readTaken = async (recipient: string) =>
  simpleParser(remote.taken.find((one) => one.recipient === recipient)!.data);

describe('the preparation of an outgoing message', () => {
  test('adds what rules ask for and fills what is of each recipient, to HTML mail with an attachment too', async () => {
    await rule(
      'true',
      { kind: 'addFooter', text: 'Ada & Co, Court of Nowhere', html: null },
      { kind: 'retain', tag: 'year-7' },
    );
    await rule('externalCount > 0', { kind: 'warnExternal', prefix: '[Ext]', notice: null });
    const bytes = mail(
      [
        `From: ada@${organization.domain}`,
        'To: list@list.example',
        'Bcc: hidden@secret.example',
        'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_=7B=7Bname=7D=7D?=',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=b',
      ],
      [
        '--b',
        'Content-Type: text/html; charset=iso-8859-1',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '<html><body><p>Gr=FC=DFe, {{name|friend}}: {{offer}}</p></body></html>',
        '--b',
        'Content-Type: application/pdf; name=a.pdf',
        'Content-Transfer-Encoding: base64',
        'Content-Disposition: attachment; filename=a.pdf',
        '',
        'JVBERi0xLjQKe3tuYW1lfX0K',
        '--b--',
        '',
      ].join('\r\n'),
    );
    const fields = {
      'bea@one.example': { name: 'Bea <b>', offer: '10 %' },
      'cid@two.example': { name: 'Cid\r\nBcc: x@y.example', offer: '5 %' },
    };
    const recipients = Object.entries(fields).map(([address, mergeFields]) => ({
      address,
      name: null,
      role: 'to' as const,
      destination: address.split('@')[1]!,
      mergeFields,
    }));
    const id = await send([], { bytes, recipients, stream: 'BULK' });
    await becomes(id, 'DELIVERED');
    const bea = await readTaken('bea@one.example');
    expect(bea.subject).toBe('[Ext] Grüße Bea <b>');
    expect(bea.html).toContain('<p>Grüße, Bea &lt;b&gt;: 10 %</p>');
    expect(bea.html).toContain('Ada &amp; Co, Court of Nowhere');
    expect(bea.text).toContain('Grüße, Bea <b>: 10 %');
    expect(bea.text).toContain('Ada & Co, Court of Nowhere');
    expect(bea.attachments.map(({ filename, content }) => [filename, content.toString()])).toEqual([
      ['a.pdf', '%PDF-1.4\n{{name}}\n'],
    ]);
    expect(bea.headers.has('bcc')).toBe(false);
    expect(bea.messageId).toBe(`<${id}@${organization.domain}>`);
    const cid = await readTaken('cid@two.example');
    expect(cid.headers.has('bcc')).toBe(false);
    expect(cid.subject).toContain('Cid Bcc: x@y.example');
    expect((await shown(id)).retention).toBe('year-7');
  });

  test('refuses an author who is none of the organization, and says so', async () => {
    const bytes = mail(['From: boss@elsewhere.example', 'To: bea@one.example', 'Subject: Pay'], 'Pay it.\r\n');
    const id = await send(['bea@one.example'], { bytes });
    await becomes(id, 'REJECTED');
    expect((await shown(id)).reason).toContain('elsewhere.example is no domain of the organization');
    expect(remote.taken).toHaveLength(0);
  });

  test('holds a secret without telling it, and sends it when a person approves', async () => {
    const bytes = mail(
      [`From: ada@${organization.domain}`, 'To: bea@one.example', 'Subject: Card'],
      'My card is 4111 1111 1111 1111.\r\n',
    );
    const id = await send(['bea@one.example'], { bytes });
    await becomes(id, 'HELD');
    const { heldBecause } = await shown(id);
    expect(heldBecause).toBe('A card number stands in its text.');
    expect(await approve(id)).toMatchObject({ result: 'accepted' });
    await becomes(id, 'DELIVERED');
    expect(remote.taken[0]!.data).toContain('4111 1111 1111 1111');
  });

  test('never sends in the clear what a rule wants encrypted, even when a person lets it go', async () => {
    await rule('recipients.exists(r, r.domain == "one.example")', {
      kind: 'requireProtection',
      sign: false,
      encrypt: true,
    });
    const id = await send(['bea@one.example']);
    await becomes(id, 'HELD');
    expect((await shown(id)).heldBecause).toMatch(
      /protection is required: no S\/MIME certificate is known of bea@one/i,
    );
    expect(await approve(id)).toMatchObject({ result: 'refused' });
    expect(remote.taken).toHaveLength(0);
  });

  test('holds mail that a rule cannot be evaluated for, and says which', async () => {
    // Saved by an earlier build, which knew the name.
    await rule('gone.variable == "x"', { kind: 'retain', tag: 'x' });
    const id = await send(['bea@one.example']);
    await becomes(id, 'HELD');
    expect((await shown(id)).heldBecause).toMatch(/The rule "when gone\.variable == .* cannot be evaluated: /);
  });

  test('holds mail to many of whom one lacks a merge field, and leaves that one out when it is approved', async () => {
    const bytes = mail(
      [`From: ada@${organization.domain}`, 'To: list@list.example', 'Subject: Hi {{name}}'],
      'Hello {{name}}.\r\n',
    );
    const person = (address: string, mergeFields: Record<string, string> | null) => ({
      address,
      name: null,
      role: 'to' as const,
      destination: 'one.example',
      mergeFields,
    });
    const recipients = [person('bea@one.example', { name: 'Bea' }), person('cid@one.example', null)];
    const id = await send([], { bytes, recipients, stream: 'BULK' });
    await becomes(id, 'HELD');
    expect((await shown(id)).heldBecause).toContain('cid@one.example (name)');
    await approve(id);
    await becomes(id, 'PARTIAL');
    expect(remote.taken.map(({ recipient }) => recipient)).toEqual(['bea@one.example']);
  });

  test('shows what is not there as unavailable, and goes on', async () => {
    const id = await send(['bea@one.example'], {
      options: { composition: ['translation', 'templateSuggestions', 'predictiveText'], translateTo: 'de' },
    });
    await becomes(id, 'DELIVERED');
    const steps = await servers.read(organization, (sql) =>
      sql<{ name: string; status: string }>(
        `select name, status from steps where message_id = $1 and stage = 'composition' order by name`,
        [id],
      ),
    );
    expect(steps).toEqual([
      { name: 'predictiveText', status: 'DONE' },
      { name: 'templateSuggestions', status: 'UNAVAILABLE' },
      { name: 'translation', status: 'UNAVAILABLE' },
    ]);
  });
});
