import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../../src/adapters/database/database.js';
import type { GivenMessage } from '../../../src/adapters/outgoing/accept-outgoing.js';
import { hourOfWeek } from '../../../src/domain/outgoing/send-time.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { handIn } from '../../support/outgoing-mail.js';
import { ScriptedSmtp } from '../../support/scripted-smtp.js';
import { SmtpDialogue } from '../../support/smtp-dialogue.js';
import { startTestIntake, type TestIntake } from '../../support/test-intake.js';

const PATIENCE_MS = 30_000;
let servers: FlowServers;
let owner: Database;
let remote: ScriptedSmtp;
let worker: WorkerProcess;
let intake: TestIntake;
let organization: TestOrganization;
let organizations = 0;

beforeAll(async () => {
  servers = await startFlowServers();
  ({ owner } = servers);
  remote = await ScriptedSmtp.start();
  const smartHost = `smtp://127.0.0.1:${remote.port}`;
  worker = await servers.flow.startWorker({
    publicUrl: 'https://mail.example/post/',
    transport: { ...ONWARD_SETTINGS.transport, smartHost },
  });
  intake = await startTestIntake(servers.database, {}, undefined, ONWARD_SETTINGS.secretKey!);
});
afterAll(async () => {
  await intake?.stop();
  await worker?.stop();
  await remote?.stop();
  await servers?.stop();
});
beforeEach(async () => {
  organization = await createOrganization(owner, `signals${++organizations}.example`);
  remote.script = {};
  remote.taken.length = 0;
});

async function send(to: string[], more: Partial<GivenMessage> = {}): Promise<string> {
  const accepted = await servers.read(organization, (sql) => handIn(sql, organization, to, more));
  return accepted.messageId;
}

const rows = <Row extends Record<string, unknown>>(text: string, parameters: unknown[] = []) =>
  servers.read(organization, (sql) => sql<Row>(text, parameters));

const status = async (messageId: string) =>
  (await rows('select status from messages where id = $1', [messageId]))[0]!['status'];
const becomes = (messageId: string, wanted: string) =>
  eventually(async () => expect(await status(messageId)).toBe(wanted), PATIENCE_MS);

const incoming = () =>
  rows<{ id: string; status: string; source: string; subject: string | null }>(
    `select id, status, source, subject from messages where direction = 'INCOMING' order by id`,
  );

function report(sentId: string, address: string, lines: string[] = []): Buffer {
  return Buffer.from(
    [
      'From: Mail Delivery Subsystem <mailer-daemon@one.example>',
      `To: <whoever@${organization.domain}>`,
      'Subject: Undelivered Mail Returned to Sender',
      `Message-ID: <${uuidv7()}@one.example>`,
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'It could not be delivered.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.one.example',
      '',
      `Final-Recipient: rfc822; ${address}`,
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 no such user here',
      ...lines,
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <${sentId}@${organization.domain}>`,
      'Subject: The figures',
      '',
      '--b--',
      '',
    ].join('\r\n'),
  );
}

async function come(bytes: Buffer, to: string, from = ''): Promise<string> {
  const client = await SmtpDialogue.open(intake.port);
  const reply = await client.send(bytes, from, to);
  await client.quit();
  return reply;
}

const recipients = (id: string) =>
  rows('select address, status, bounce_class, reply from outgoing_recipients where message_id = $1 order by address', [
    id,
  ]);
const listed = () => rows('select address, reason, scope from suppressions order by address, reason');

describe('a bounce that comes back to a return path', () => {
  test('changes what its recipient shows, goes on its timeline and the list, and its sender is told once', async () => {
    const id = await send(['bea@one.example', 'cid@one.example']);
    await becomes(id, 'DELIVERED');
    const taken = remote.taken.find(({ recipient }) => recipient === 'bea@one.example')!;
    expect(taken.mailFrom).toMatch(new RegExp(`^bounces\\+[a-z2-7]{42}@${organization.domain}$`));
    expect(remote.taken.find(({ recipient }) => recipient === 'cid@one.example')!.mailFrom).not.toBe(taken.mailFrom);

    const bytes = report(id, 'bea@one.example');
    expect(await come(bytes, taken.mailFrom)).toMatch(/^250 /);
    await becomes(id, 'PARTIAL');
    expect(await recipients(id)).toEqual([
      {
        address: 'bea@one.example',
        status: 'BOUNCED',
        bounce_class: 'userUnknown',
        reply: '550 5.1.1 no such user here',
      },
      expect.objectContaining({ address: 'cid@one.example', status: 'DELIVERED' }),
    ]);
    expect(await listed()).toEqual([{ address: 'bea@one.example', reason: 'HARD_BOUNCE', scope: 'ALL' }]);
    const signals = await rows<{ kind: string; detail: { provenBy: string } }>(
      'select kind, detail from recipient_signals',
    );
    expect(signals).toEqual([{ kind: 'BOUNCED', detail: expect.objectContaining({ provenBy: 'returnPath' }) }]);
    // The report itself, and what its sender is told: our report is no evidence of a bounce again.
    await eventually(async () => {
      const came = await incoming();
      expect(came.map(({ source }) => source).toSorted()).toEqual(['smtp', 'system']);
      expect(came.every(({ status: of }) => of === 'DELIVERED')).toBe(true);
    }, PATIENCE_MS);
    expect(await rows('select from recipient_signals')).toHaveLength(1);

    const next = await send(['bea@one.example', 'dan@one.example']);
    await becomes(next, 'PARTIAL');
    expect(await recipients(next)).toMatchObject([
      {
        address: 'bea@one.example',
        status: 'CANCELED',
        reply: expect.stringMatching(/^suppressed: the address does not exist/),
      },
      { address: 'dan@one.example', status: 'DELIVERED' },
    ]);
    const [step] = await rows<{ outcome: unknown }>(
      `select outcome from steps where message_id = $1 and name = 'errorHandling' and status = 'DONE'`,
      [next],
    );
    expect(step!.outcome).toMatchObject({ suppressed: [{ address: 'bea@one.example' }] });
  });

  test('is refused where the return path was not made here', async () => {
    const id = await send(['bea@one.example']);
    await becomes(id, 'DELIVERED');
    const { mailFrom } = remote.taken[0]!;
    const forged = mailFrom.replace(/^bounces\+(.)/, (_all, first) => `bounces+${first === 'a' ? 'b' : 'a'}`);
    const client = await SmtpDialogue.open(intake.port);
    await client.command('EHLO client.example');
    await client.command('MAIL FROM:<>');
    expect(await client.command(`RCPT TO:<${forged}>`)).toMatch(/^550 5\.1\.1/);
    expect(await client.command(`RCPT TO:<${mailFrom.toUpperCase()}>`)).toMatch(/^250/);
    await client.quit();
  });
});

describe('a report without a return path of ours', () => {
  test('counts where it names a Message-ID of ours and one of its recipients, and nowhere else', async () => {
    const id = await send(['bea@one.example']);
    await becomes(id, 'DELIVERED');
    const to = `ada@${organization.domain}`;
    await come(report(id, 'somebody@else.example'), to);
    await come(report(uuidv7(), 'bea@one.example'), to);
    await eventually(async () => {
      const came = await incoming();
      expect(came.map(({ status: of }) => of)).toEqual(['DELIVERED', 'DELIVERED']);
    }, PATIENCE_MS);
    expect(await recipients(id)).toMatchObject([{ status: 'DELIVERED' }]);
    await come(report(id, 'bea@one.example'), to);
    await becomes(id, 'BOUNCED');
    // It came to the sender's own mailbox.
    const [row] = await rows('select end_told_at is not null as told from outgoing_recipients where message_id = $1', [
      id,
    ]);
    expect(row).toEqual({ told: true });
  });

  test('an answer is put on the timeline and counted as reading', async () => {
    const id = await send(['bea@one.example']);
    await becomes(id, 'DELIVERED');
    const answer = Buffer.from(
      `From: Bea <bea@one.example>\r\nTo: ada@${organization.domain}\r\nSubject: Re: The figures\r\n` +
        `Date: Wed, 18 Nov 2026 10:00:00 +0100\r\nMessage-ID: <${uuidv7()}@one.example>\r\nIn-Reply-To: <${id}@${organization.domain}>\r\n\r\nThank you.\r\n`,
    );
    await come(answer, `ada@${organization.domain}`, 'bea@one.example');
    await eventually(async () => {
      expect(await rows('select kind from recipient_signals')).toEqual([{ kind: 'REPLIED' }]);
    }, PATIENCE_MS);
    const scopes = await rows('select scope, key, count from engagement_hours order by scope');
    expect(scopes.map(({ scope, key }) => [scope, key])).toEqual([
      ['ADDRESS', 'bea@one.example'],
      ['DESTINATION', 'one.example'],
      ['ORGANIZATION', ''],
    ]);
    await eventually(async () => {
      expect(await rows(`select utc_offset from correspondents where address = 'bea@one.example'`)).toEqual([
        { utc_offset: 60 },
      ]);
    }, PATIENCE_MS);
    const optimized = await send(['bea@one.example'], { options: { optimizeSendTime: true } });
    await becomes(optimized, 'DELIVERED');
    const [step] = await rows<{ outcome: unknown }>(
      `select outcome from steps where message_id = $1 and name = 'sendTime'`,
      [optimized],
    );
    expect(step!.outcome).toMatchObject({ optimized: 1, reason: expect.stringContaining('nothing is known') });
  });
});

describe('a message that its server refuses', () => {
  const refuses = { command: (line: string) => (/gone@/.test(line) ? '550 5.1.1 no such user\r\n' : undefined) };

  test('is told to its sender by a report, once', async () => {
    remote.script = refuses;
    const id = await send(['gone@one.example']);
    await becomes(id, 'BOUNCED');
    await eventually(async () => {
      expect(await incoming()).toMatchObject([{ source: 'system', status: 'DELIVERED' }]);
    }, PATIENCE_MS);
    const [told] = await incoming();
    const raw = (await servers.flow.raw(organization, told!.id, 'received')).toString();
    expect(raw).toContain('Final-Recipient: rfc822; gone@one.example');
    expect(raw).toContain('Status: 5.1.1');
    expect(raw).toContain(`Message-ID: <${id}@${organization.domain}>`);
    expect(await listed()).toEqual([{ address: 'gone@one.example', reason: 'HARD_BOUNCE', scope: 'ALL' }]);
  });

  test('goes to a sender whose domain is read elsewhere as mail of the null sender, whose own failure nobody is told of', async () => {
    remote.script = refuses;
    const domain = `sendonly${organizations}.example`;
    await rows('insert into domains (organization_id, name) values ($1, $2)', [organization.id, domain]);
    const id = await send(['gone@one.example'], { mailFrom: `gone@${domain}` });
    await becomes(id, 'BOUNCED');
    await eventually(async () => {
      const sent = await rows(
        `select o.mail_from, m.status, m.source from outgoing_messages o join messages m on m.id = o.message_id where m.id <> $1`,
        [id],
      );
      expect(sent).toEqual([{ mail_from: '', status: 'BOUNCED', source: 'system' }]);
    }, PATIENCE_MS);
    expect(remote.commands.some((line) => /^MAIL FROM:<>/i.test(line))).toBe(true);
    expect(await incoming()).toEqual([]);
    expect(await rows('select from outgoing_messages')).toHaveLength(2);
  });

  test('is told to no foreign address that somebody named as the sender', async () => {
    const id = await send(['bea@one.example'], { mailFrom: 'victim@elsewhere.example' });
    await becomes(id, 'REJECTED');
    await eventually(async () => {
      const told = await rows('select from outgoing_recipients where end_told_at is not null');
      expect(told).toHaveLength(1);
    }, PATIENCE_MS);
    expect(await rows('select from messages')).toHaveLength(1);
  });

  test('is told to nobody where its organization does not want that', async () => {
    remote.script = refuses;
    await rows(`update organizations set settings = jsonb_set(settings, '{outgoing}', '{"notifySender": false}')`);
    const id = await send(['gone@one.example']);
    await becomes(id, 'BOUNCED');
    const [row] = await rows('select end_told_at is not null as told from outgoing_recipients where message_id = $1', [
      id,
    ]);
    expect(row).toEqual({ told: true });
    expect(await incoming()).toEqual([]);
  });
});

describe('a message that is late', () => {
  test('is told to its sender once, where its organization wants that', async () => {
    await rows(`update organizations set settings = jsonb_set(settings, '{outgoing}', '{"delayWarningHours": 1}')`);
    const id = await send(['bea@one.example'], { sendAt: new Date(Date.now() + 3_600_000) });
    await becomes(id, 'SCHEDULED');
    await rows(
      `update outgoing_recipients set status = 'DEFERRED', reply = '451 4.7.1 come back later',
         opened_at = now() - interval '2 hours', next_attempt_at = now() + interval '1 hour' where message_id = $1`,
      [id],
    );
    await eventually(async () => expect(await incoming()).toMatchObject([{ status: 'DELIVERED' }]), PATIENCE_MS);
    const [told] = await incoming();
    const raw = (await servers.flow.raw(organization, told!.id, 'received')).toString();
    expect(raw).toMatch(/Action: delayed\r\nStatus: 4\.7\.1/);
    expect(raw).toContain('Will-Retry-Until: ');
    const [row] = await rows(
      'select delay_told_at is not null as told, end_told_at from outgoing_recipients where message_id = $1',
      [id],
    );
    expect(row).toEqual({ told: true, end_told_at: null });
  });
});

describe('mail to many', () => {
  const html = (id: string): Buffer =>
    Buffer.from(
      [
        `From: Ada <ada@${organization.domain}>`,
        'To: undisclosed-recipients:;',
        'Subject: Our news',
        `Message-ID: <${id}@${organization.domain}>`,
        'Date: Wed, 18 Nov 2026 10:00:00 +0000',
        'MIME-Version: 1.0',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '<body><a href=3D"https://shop.example/offer?a=3D1&amp;b=3D2">the offer</a></body>',
        '',
      ].join('\r\n'),
    );
  const readable = (data: string) => data.replaceAll('=\r\n', '').replaceAll('=3D', '=');

  test('has an unsubscription of each recipient’s own, and no tracking while nobody turned it on', async () => {
    const messageId = uuidv7();
    await send(['bea@one.example', 'cid@one.example'], { id: messageId, bytes: html(messageId), stream: 'BULK' });
    await becomes(messageId, 'DELIVERED');
    const links = remote.taken.map(({ data }) => /^List-Unsubscribe: <(.*)>\r$/m.exec(data)![1]!);
    expect(new Set(links).size).toBe(2);
    expect(links.every((link) => link.startsWith('https://mail.example/post/t/u/'))).toBe(true);
    expect(remote.taken[0]!.data).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    expect(readable(remote.taken[0]!.data)).toContain('<a href="https://shop.example/offer?a=1&amp;b=2">');
    expect(remote.taken[0]!.data).not.toContain('/t/o/');
  });

  test('is tracked where its organization turned that on, but for who opted out', async () => {
    await rows(
      `update organizations set settings = jsonb_set(settings, '{outgoing}', '{"trackOpens": true, "trackClicks": true}')`,
    );
    await rows('insert into tracking_opt_outs (organization_id, address) values ($1, $2)', [
      organization.id,
      'cid@one.example',
    ]);
    const messageId = uuidv7();
    await send(['bea@one.example', 'cid@one.example'], { id: messageId, bytes: html(messageId), stream: 'BULK' });
    await becomes(messageId, 'DELIVERED');
    const dataOf = (address: string) => readable(remote.taken.find(({ recipient }) => recipient === address)!.data);
    expect(dataOf('bea@one.example')).toMatch(
      /<a href="https:\/\/mail\.example\/post\/t\/c\/[\w-]+">the offer<\/a><img src="https:\/\/mail\.example\/post\/t\/o\/[\w-]+\.gif"/,
    );
    expect(dataOf('cid@one.example')).toContain('<a href="https://shop.example/offer?a=1&amp;b=2">');
    expect(dataOf('cid@one.example')).toContain('List-Unsubscribe:');
  });

  test('goes no more to who complained of it, and other mail does', async () => {
    const id = await send(['bea@one.example'], { stream: 'BULK' });
    await becomes(id, 'DELIVERED');
    const complaint = Buffer.from(
      [
        'From: feedback@provider.example',
        `To: abuse@${organization.domain}`,
        'Subject: complaint',
        `Message-ID: <${uuidv7()}@provider.example>`,
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'A complaint.',
        '--b',
        'Content-Type: message/feedback-report',
        '',
        'Feedback-Type: abuse',
        'User-Agent: Provider/1',
        'Version: 1',
        `Original-Mail-From: <${remote.taken[0]!.mailFrom}>`,
        '',
        '--b--',
        '',
      ].join('\r\n'),
    );
    await come(complaint, `abuse@${organization.domain}`, 'feedback@provider.example');
    await eventually(async () => {
      expect(await listed()).toEqual([{ address: 'bea@one.example', reason: 'COMPLAINT', scope: 'BULK' }]);
    }, PATIENCE_MS);
    const again = await send(['bea@one.example'], { stream: 'BULK' });
    await becomes(again, 'CANCELED');
    const personal = await send(['bea@one.example']);
    await becomes(personal, 'DELIVERED');
  });
});

test('a time is chosen for each recipient, by when it reads its mail', async () => {
  const hour = Math.floor(Date.now() / 3_600_000) + 5;
  await rows(
    `insert into engagement_hours (organization_id, scope, key, hour, count) values ($1, 'ADDRESS', 'bea@one.example', $2, 10)`,
    [organization.id, hourOfWeek(hour * 3_600_000)],
  );
  const id = await send(['bea@one.example', 'cid@two.example'], { options: { optimizeSendTime: true } });
  const standing = () =>
    rows('select status, next_attempt_at as at from outgoing_recipients where message_id = $1 order by address', [id]);
  await eventually(async () => {
    const [bea, cid] = await standing();
    expect([bea!['status'], cid!['status']]).toEqual(['SCHEDULED', 'DELIVERED']);
    expect(Date.parse(String(bea!['at']))).toBe(hour * 3_600_000);
  }, PATIENCE_MS);
  const [step] = await rows<{ outcome: { reason: string }; confidence: number }>(
    `select outcome, confidence from steps where message_id = $1 and name = 'sendTime'`,
    [id],
  );
  expect(step!.outcome.reason).toBe(
    'Of 2 recipients, the time was chosen for 1 by when they opened, clicked and answered before; 1 at the first hour that is not quiet, as nothing is known of them.',
  );
  expect(step!.confidence).toBeGreaterThan(0);
});
