import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { putNextHop } from '../../../src/adapters/onward/next-hops.js';
import { commandOnward, type OnwardCommand } from '../../../src/adapters/onward/person-commands.js';
import { saveRule } from '../../../src/adapters/organizations/rules.js';
import { onwardWorkflowId, type OnwardStatus } from '../../../src/domain/onward.js';
import type { NextHopDraft } from '../../../src/domain/next-hop.js';
import type { RuleAction } from '../../../src/domain/rules.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { dovecotInstalled, TestDovecot } from '../../support/dovecot.js';
import { eventually } from '../../support/eventually.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import { plainMail } from '../../support/messages.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { SmtpSink, smtpSinkInstalled } from '../../support/smtp-sink.js';
import { lacking } from '../../support/summary-reporter.js';

let servers: FlowServers;
let owner: Database;
let worker: WorkerProcess;
let organizations = 0;

beforeAll(async () => {
  servers = await startFlowServers();
  ({ owner } = servers);
  worker = await servers.flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
});

const SERVER: NextHopDraft = {
  protocol: 'LMTP',
  host: '127.0.0.1',
  port: null,
  socket: null,
  tls: 'NONE',
  ca: null,
  username: null,
  password: null,
};

/** An organization whose domain has a mail server behind. */
async function organizationBehind(hop: Partial<NextHopDraft>): Promise<TestOrganization> {
  const organization = await createOrganization(owner, `onward${++organizations}.example`);
  await setNextHop(organization, hop);
  return organization;
}

async function setNextHop(organization: TestOrganization, hop: Partial<NextHopDraft>): Promise<void> {
  await servers.read(organization, (sql) =>
    putNextHop(sql, organization.id, organization.domain, { ...SERVER, ...hop }, ONWARD_SETTINGS.secretKey),
  );
}

/** For all mail of an organization that has received none: workers keep rules for a second. */
async function addRule(organization: TestOrganization, action: RuleAction): Promise<void> {
  const rule = { name: 'a rule', enabled: true, stop: false, overrides: false, expression: 'true', actions: [action] };
  await servers.read(organization, (sql) => saveRule(sql, null, rule));
}

interface Seen extends Record<string, unknown> {
  id: string;
  target: string;
  status: OnwardStatus;
  attempts: number;
  reply: string | null;
}

function deliveries(organization: TestOrganization, messageId: string): Promise<Seen[]> {
  return servers.read(organization, (sql) =>
    sql<Seen>(
      'select id, target, status, attempts, reply from onward_deliveries where message_id = $1 order by target',
      [messageId],
    ),
  );
}

async function settles(
  organization: TestOrganization,
  messageId: string,
  ...statuses: OnwardStatus[]
): Promise<Seen[]> {
  return eventually(async () => {
    const seen = await deliveries(organization, messageId);
    expect(seen.map(({ status }) => status)).toEqual(statuses);
    return seen;
  }, 30_000);
}

const recipients = (organization: TestOrganization, ...names: string[]) => ({
  recipients: names.map((name) => ({ address: `${name}@${organization.domain}`, mailboxId: organization.mailboxId })),
});

function circuits(organization: TestOrganization) {
  return servers.read(organization, (sql) => sql<{ failures: number }>('select failures from delivery_circuits'));
}

function command(organization: TestOrganization, deliveryId: string, asked: OnwardCommand) {
  return servers.read(organization, (sql) => commandOnward(sql, deliveryId, asked, 'ada'));
}

async function notified(organization: TestOrganization, messageId: string): Promise<string[]> {
  const rows = await servers.read(organization, (sql) =>
    sql<{ text: string }>(`select text from notifications where message_id = $1 and kind like 'onward%'`, [messageId]),
  );
  return rows.map(({ text }) => text);
}

describe('a mail that is delivered', () => {
  let dovecot: TestDovecot;
  beforeAll(async () => {
    if (dovecotInstalled) dovecot = await TestDovecot.start({ users: [], settings: 'mail_save_crlf = yes' });
  });
  afterAll(() => dovecot?.stop());
  beforeEach((context) => context.skip(!dovecotInstalled, lacking('dovecot')));

  test('arrives at the LMTP server behind once, byte for byte below our fields', async () => {
    const organization = await organizationBehind({ port: dovecot.lmtpPort });
    await dovecot.setUsers([{ address: `team@${organization.domain}` }]);
    const mail = plainMail({
      text: '.leading dot\r\n..two\r\n\r\nÜmlaut \x80 and a long line '.padEnd(1_000, 'x') + '\r\n',
    });
    const trace =
      'Received: from client.example ([127.0.0.1])\r\n by mx.example.org (Everpost) with ESMTP\r\n id 1;\r\n Fri, 20 Nov 2026 10:00:00 +0000\r\n';
    const id = await servers.flow.receive(organization, mail, { trace });
    const [seen] = await settles(organization, id, 'DELIVERED');
    expect(seen).toMatchObject({ attempts: 1, reply: expect.stringMatching(/^250 2\.0\.0 .*Saved$/) });
    const inbox = await dovecot.inbox(`team@${organization.domain}`);
    expect(inbox).toHaveLength(1);
    const arrived = inbox[0]!;
    expect(arrived.subarray(arrived.length - mail.length).toString('latin1')).toBe(mail.toString('latin1'));
    const ours = arrived.subarray(0, arrived.length - mail.length).toString('latin1');
    expect(ours).toContain(trace);
    expect(ours).toContain(`X-Everpost-Trace: ${id}\r\n`);
    expect(ours).toMatch(/^X-Everpost-Spam-Score: 0\.\d{4}\r$/m);
    expect(ours).toMatch(/^Return-Path: <ada@sender\.example>\r$/m);
  });

  test('is tried again while the server is down, and arrives once when it is back', async () => {
    const organization = await organizationBehind({ port: dovecot.lmtpPort });
    const address = `team@${organization.domain}`;
    await dovecot.setUsers([{ address }]);
    await dovecot.shutDown();
    const ids = [
      await servers.flow.receive(organization, plainMail()),
      await servers.flow.receive(organization, plainMail()),
    ];
    for (const id of ids) {
      await eventually(async () => {
        const [seen] = await deliveries(organization, id);
        expect(seen).toMatchObject({ status: 'DEFERRED', reply: expect.stringMatching(/ECONNREFUSED|not answered/) });
      });
    }
    await eventually(async () => expect((await circuits(organization))[0]?.failures).toBeGreaterThanOrEqual(3));
    await dovecot.start();
    for (const id of ids) await settles(organization, id, 'DELIVERED');
    expect(await dovecot.inbox(address)).toHaveLength(2);
    expect(await circuits(organization)).toEqual([]);
    expect(await notified(organization, ids[0]!)).toEqual([]);
  });

  test('reaches the recipients that the server takes, and fails for those that it refuses', async () => {
    const organization = await organizationBehind({ port: dovecot.lmtpPort });
    const at = (name: string) => `${name}@${organization.domain}`;
    await dovecot.setUsers([{ address: at('a') }, { address: at('full'), quotaBytes: 10 }, { address: at('z') }]);
    const id = await servers.flow.receive(
      organization,
      plainMail(),
      recipients(organization, 'a', 'full', 'nobody', 'z'),
    );
    const seen = await settles(organization, id, 'DELIVERED', 'FAILED', 'FAILED', 'DELIVERED');
    expect(seen[1]!.reply).toContain('552 5.2.2');
    expect(seen[2]!.reply).toContain('550 5.1.1');
    expect(seen.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
    for (const name of ['a', 'z']) expect(await dovecot.inbox(at(name))).toHaveLength(1);
    // Two people would be told of two refusals; the sender is told nothing, by nobody.
    expect(await notified(organization, id)).toHaveLength(2);
    const findings = await servers.flow.findings(organization, id);
    expect(findings.filter(({ code }) => code === 'onward.failed')).toHaveLength(2);
    expect((await servers.flow.message(organization, id)).status).toBe('DELIVERED');
    const outgoing = await servers.read(organization, (sql) =>
      sql(`select id from messages where direction = 'OUTGOING'`),
    );
    expect(outgoing).toEqual([]);
  });

  test('reaches a server by its Unix socket', async () => {
    const organization = await organizationBehind({ host: null, socket: dovecot.lmtpSocket });
    await dovecot.setUsers([{ address: `team@${organization.domain}` }]);
    const id = await servers.flow.receive(organization, plainMail());
    await settles(organization, id, 'DELIVERED');
    expect(await dovecot.inbox(`team@${organization.domain}`)).toHaveLength(1);
  });

  test('is not sent again when it is processed again', async () => {
    const organization = await organizationBehind({ port: dovecot.lmtpPort });
    await dovecot.setUsers([{ address: `team@${organization.domain}` }]);
    const id = await servers.flow.receive(organization, plainMail());
    await settles(organization, id, 'DELIVERED');
    await servers.flow.command(organization, id, 'reprocess');
    await eventually(async () => {
      const runs = await servers.flow.runs(organization, id);
      expect(runs.map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);
    });
    await settles(organization, id, 'DELIVERED');
    expect(await dovecot.inbox(`team@${organization.domain}`)).toHaveLength(1);
  });

  test('that comes back from the server behind is not sent to it a second time', async () => {
    const organization = await organizationBehind({ port: dovecot.lmtpPort });
    const address = `team@${organization.domain}`;
    await dovecot.setUsers([{ address }]);
    await settles(organization, await servers.flow.receive(organization, plainMail()), 'DELIVERED');
    const [arrived] = await dovecot.inbox(address);
    const returned = await servers.flow.receive(organization, arrived!);
    const [seen] = await settles(organization, returned, 'FAILED');
    expect(seen!.reply).toContain('mail loop');
    expect(await dovecot.inbox(address)).toHaveLength(1);
  });
});

describe('a server over SMTP', () => {
  let sink: SmtpSink | null = null;
  beforeEach((context) => context.skip(!smtpSinkInstalled, lacking('smtp-sink')));
  const sinkWith = async (...options: string[]) => {
    await sink?.stop();
    sink = await SmtpSink.start(...options);
    return organizationBehind({ protocol: 'SMTP', port: sink.port, tls: 'OPPORTUNISTIC' });
  };
  afterAll(() => sink?.stop());

  test('that asks to try later is tried again, and takes the mail once', async () => {
    const organization = await sinkWith('-r', 'rcpt');
    const id = await servers.flow.receive(organization, plainMail());
    await eventually(async () => {
      const [seen] = await deliveries(organization, id);
      expect(seen!.attempts).toBeGreaterThan(1);
      expect(seen).toMatchObject({ status: 'DEFERRED', reply: expect.stringMatching(/^4\d\d /) });
    });
    await sink!.shutDown();
    await sink!.start();
    await settles(organization, id, 'DELIVERED');
    const taken = await sink!.messages();
    expect(taken).toHaveLength(1);
    expect(taken[0]).toContain(`team@${organization.domain}`);
  });

  test('that refuses the data fails the delivery at once, and a person may retry it', async () => {
    const organization = await sinkWith('-f', '.');
    const id = await servers.flow.receive(organization, plainMail());
    const [seen] = await settles(organization, id, 'FAILED');
    expect(seen).toMatchObject({ attempts: 1, reply: expect.stringMatching(/^5\d\d /) });
    expect(await notified(organization, id)).toHaveLength(1);
    // smtp-sink keeps what it refuses, too.
    expect(await sink!.messages()).toHaveLength(1);
    await sink!.shutDown();
    await sink!.start();
    expect(await command(organization, seen!.id, 'retry')).toEqual({ result: 'accepted' });
    await settles(organization, id, 'DELIVERED');
    expect(await sink!.messages()).toHaveLength(2);
  });

  test('that breaks off before the data is tried again; after the data it is uncertain and stays so', async () => {
    const early = await sinkWith('-q', 'data');
    const first = await servers.flow.receive(early, plainMail());
    await eventually(async () => expect((await deliveries(early, first))[0]!.attempts).toBeGreaterThan(1));
    expect((await deliveries(early, first))[0]!.status).not.toBe('UNCERTAIN');
    await command(early, (await deliveries(early, first))[0]!.id, 'cancel').catch(() => undefined);

    const late = await sinkWith('-q', '.');
    const second = await servers.flow.receive(late, plainMail());
    const [seen] = await settles(late, second, 'UNCERTAIN');
    expect(seen!.attempts).toBe(1);
    expect(await notified(late, second)).toHaveLength(1);
    expect(await command(late, seen!.id, 'confirm')).toEqual({ result: 'accepted' });
    await settles(late, second, 'DELIVERED');
    expect((await deliveries(late, second))[0]!.attempts).toBe(1);
  });

  test('that hangs after the data makes it uncertain when its time is over', async () => {
    const organization = await sinkWith('-W', '.:60');
    const id = await servers.flow.receive(organization, plainMail());
    const [seen] = await settles(organization, id, 'UNCERTAIN');
    expect(seen!.attempts).toBe(1);
  });

  test('gets what rules forward, from the address that forwards, once', async () => {
    sink ??= await SmtpSink.start();
    await sink.stop();
    sink = await SmtpSink.start();
    await worker.stop();
    worker = await servers.flow.startWorker({
      onward: { ...ONWARD_SETTINGS.onward, forwardRelay: `smtp://127.0.0.1:${sink.port}` },
    });
    const organization = await createOrganization(owner, `forwards${++organizations}.example`);
    const recipient = `team@${organization.domain}`;
    await addRule(organization, {
      kind: 'forward',
      addresses: ['ada@elsewhere.example', recipient],
      keepCopy: false,
    });
    const id = await servers.flow.receive(organization, plainMail());
    const seen = await settles(organization, id, 'DELIVERED', 'FAILED');
    expect(seen.map(({ target }) => target)).toEqual(['ada@elsewhere.example', recipient]);
    expect(seen[1]!.reply).toContain('forwards to itself');
    await servers.flow.command(organization, id, 'reprocess');
    await eventually(async () => {
      const runs = await servers.flow.runs(organization, id);
      expect(runs.map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);
    });
    await settles(organization, id, 'DELIVERED', 'FAILED');
    const taken = await sink.messages();
    expect(taken).toHaveLength(1);
    expect(taken[0]).toContain(`X-Mail-Args: <${recipient}>`);
    expect(taken[0]).toContain('X-Rcpt-Args: <ada@elsewhere.example>');
  });

  test('gets what a rule redirects for the address of the other mailbox, once for all who are sent there', async () => {
    const organization = await sinkWith();
    const billing = `billing@${organization.domain}`;
    const [mailbox] = await owner.query<{ id: string }>(
      `insert into mailboxes (organization_id, domain_id, name, pattern)
       select organization_id, id, 'Billing', $2 from domains where name = $1 returning id`,
      [organization.domain, billing],
    );
    await addRule(organization, { kind: 'redirect', mailboxId: mailbox!.id });
    const id = await servers.flow.receive(organization, plainMail(), recipients(organization, 'team', 'sales'));
    expect(await settles(organization, id, 'DELIVERED')).toMatchObject([{ target: billing }]);
    const taken = await sink!.messages();
    expect(taken).toHaveLength(1);
    expect(taken[0]!.match(/^X-Rcpt-Args: .*/gm)).toEqual([`X-Rcpt-Args: <${billing}>`]);
  });

  test('is asked again at once when a person says so, and not because a person gave up another recipient', async () => {
    await worker.stop();
    worker = await servers.flow.startWorker({ onward: { ...ONWARD_SETTINGS.onward, retriesMs: [3_600_000] } });
    const organization = await sinkWith('-r', 'rcpt');
    const id = await servers.flow.receive(organization, plainMail(), recipients(organization, 'a', 'b'));
    const [a, b] = await settles(organization, id, 'DEFERRED', 'DEFERRED');
    await sink!.shutDown();
    await sink!.start();
    await command(organization, a!.id, 'cancel');
    await eventually(async () => {
      const waiting = await servers.read(organization, (sql) =>
        sql('select id from onward_deliveries where told_to is not null'),
      );
      expect(waiting).toEqual([]);
    });
    expect(await settles(organization, id, 'CANCELED', 'DEFERRED')).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
    expect(await command(organization, b!.id, 'retry')).toEqual({ result: 'accepted' });
    const seen = await settles(organization, id, 'CANCELED', 'DELIVERED');
    expect(seen.map(({ attempts }) => attempts)).toEqual([1, 2]);
    expect(await sink!.messages()).toHaveLength(1);
  });

  test('whose workflow is ended in Temporal is given up; one that Temporal has lost is begun again', async () => {
    const organization = await sinkWith('-r', 'rcpt');
    const started = async (id: string) => {
      await settles(organization, id, 'DEFERRED');
      // What is open is compared with Temporal a minute after its start.
      const [row] = await owner.query<{ route: string; generation: number }>(
        `update onward_deliveries set started_at = started_at - interval '5 minutes' where message_id = $1
         returning route, generation`,
        [id],
      );
      return servers.flow.client.workflow.getHandle(
        onwardWorkflowId({ organizationId: organization.id, messageId: id, ...row! }),
      );
    };
    const ended = await servers.flow.receive(organization, plainMail());
    await (await started(ended)).terminate('an operator');
    const [seen] = await settles(organization, ended, 'CANCELED');
    expect(seen!.reply).toContain('ended in Temporal');

    const lost = await servers.flow.receive(organization, plainMail());
    const { workflowId } = await started(lost);
    await sink!.shutDown();
    await sink!.start();
    // Its time has come, and nobody is there who would know.
    await owner.query(`update onward_deliveries set next_attempt_at = now() where message_id = $1`, [lost]);
    await servers.flow.client.workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId },
    });
    await settles(organization, lost, 'DELIVERED');
    expect(await sink!.messages()).toHaveLength(1);
  });
});
