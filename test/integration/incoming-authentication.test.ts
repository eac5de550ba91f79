import type { Answer } from 'dns-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawForm } from '../../src/adapters/messages/read-raw.js';
import { isFinal } from '../../src/domain/status.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { startDnsServer, type DnsServer } from '../support/dns-server.js';
import { eventually } from '../support/eventually.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import { plainMail } from '../support/messages.js';

const RECORDS: Readonly<Record<string, string>> = {
  'sender.example': 'v=spf1 ip4:192.88.100.7 -all',
  '_dmarc.sender.example': 'v=DMARC1; p=reject',
};
const FORGED = 'Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=sender.example;\r\n dmarc=pass';
const TRACE = 'Received: from x ([10.0.0.5])\r\n by mx.example.org (Everpost) with ESMTP id 1; now\r\n';

let dns: DnsServer;
let servers: FlowServers;
let organization: TestOrganization;
let worker: WorkerProcess;

beforeAll(async () => {
  dns = await startDnsServer((name, type) => {
    const text = type === 'TXT' ? RECORDS[name] : undefined;
    if (text === undefined) return { rcode: 3 };
    const answer: Answer = { type: 'TXT', name, ttl: 300, data: [Buffer.from(text)] };
    return { answers: [answer] };
  });
  servers = await startFlowServers();
  organization = await createOrganization(servers.owner, 'example.org');
  worker = await servers.flow.startWorker({
    dns: { mode: 'system', servers: [dns.address] },
    authentication: { authservId: 'mx.example.org', trustedRelays: ['10.0.0.0/8'], trustedSealers: [] },
  });
});
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
  await dns?.[Symbol.asyncDispose]();
});

/** Receives a mail that a trusted relay took from `client`, and waits until its run has ended. */
async function relayed(client: string, text: string): Promise<{ id: string; bytes: Buffer }> {
  const received = `Received: from mail.sender.example (mail [${client}])\r\n by relay.example.org with ESMTP; now`;
  const bytes = Buffer.concat([Buffer.from(`${received}\r\n${FORGED}\r\n`), plainMail({ text })]);
  const id = await servers.flow.receive(organization, bytes, {
    trace: TRACE,
    session: {
      clientAddress: '10.0.0.5',
      clientHostname: null,
      helo: 'relay.example.org',
      tls: null,
      authenticatedAs: null,
      mailFrom: 'ada@sender.example',
      recipients: [`team@${organization.domain}`],
      smtpUtf8: false,
      receivedAt: new Date().toISOString(),
    },
  });
  await eventually(async () => {
    const { status } = await servers.flow.message(organization, id);
    if (!isFinal(status) && status !== 'HELD') throw new Error(`message ${id} is still ${status}`);
  });
  return { id, bytes };
}

const raw = async (id: string, form: RawForm): Promise<string> =>
  (await servers.flow.raw(organization, id, form)).toString();

test('a mail through a trusted relay is judged by the client of that relay, and carries our results alone', async () => {
  const { id, bytes } = await relayed('192.88.100.7', 'Hello\r\n');
  const scan = (await servers.flow.steps(organization, id)).find(({ name }) => name === 'securityScan');
  expect(scan?.outcome).toMatchObject({
    authentication: {
      spf: { result: 'pass', domain: 'sender.example', identity: 'mailFrom' },
      dmarc: { result: 'pass', policy: 'reject' },
      client: { address: '192.88.100.7', helo: 'mail.sender.example', from: 'received' },
    },
  });
  const results = [
    'Authentication-Results: mx.example.org;',
    ' spf=pass smtp.mailfrom=sender.example;',
    ' dkim=none;',
    ' dmarc=pass policy.dmarc=reject header.from=sender.example;',
    ' arc=none smtp.remote-ip=192.88.100.7',
    '',
  ].join('\r\n');
  const delivered = results + TRACE + bytes.toString().replace(`${FORGED}\r\n`, '');
  expect(await raw(id, 'delivered')).toBe(delivered);
  expect(await raw(id, 'received')).toBe(TRACE + bytes.toString());
});

test('the forged results of a mail of somebody else help it nothing', async () => {
  const { id } = await relayed('198.41.0.4', 'Pay me\r\n');
  const findings = await servers.flow.findings(organization, id);
  expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['auth.spf.fail', 'auth.dmarc.fail']));
  expect(await raw(id, 'delivered')).toMatch(/^Authentication-Results: mx\.example\.org;\r\n spf=fail/);
  expect((await raw(id, 'delivered')).match(/^Authentication-Results:/gm)).toHaveLength(1);
});

test('the forged field is found wherever the first chunk of a large mail ends', async () => {
  const { id, bytes } = await relayed('192.88.100.7', `${'x'.repeat(76)}\r\n`.repeat(20_000));
  const delivered = await raw(id, 'delivered');
  expect(delivered.endsWith(bytes.toString().replace(`${FORGED}\r\n`, ''))).toBe(true);
});

test('the DNS is asked once for what many mails need', async () => {
  expect(dns.asked.filter((asked) => asked === 'udp TXT sender.example')).toHaveLength(1);
});
