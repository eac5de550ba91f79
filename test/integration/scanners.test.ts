import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Scanner } from '../../src/domain/scans.js';
import { freePort } from '../../src/stack/ports.js';
import type { WorkerProcess, WorkerSettings } from '../../src/workers/worker-process.js';
import { EICAR_SIGNATURE, startClamd } from '../support/clamd.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import type { IncomingFlow, SeenStep } from '../support/incoming-flow.js';
import { plainMail } from '../support/messages.js';
import { findProgram } from '../support/program.js';
import { startRspamd } from '../support/rspamd.js';
import { GTUBE, infectedMail, mailWith, makeBombs } from '../support/scanned-mails.js';
import { startSpamd } from '../support/spamd.js';
import { lacking } from '../support/summary-reporter.js';
import { testData } from '../support/test-data.js';

/** Nothing listens there. */
const nowhere = { host: '127.0.0.1', port: 0 };
const bombs = testData('bombs');
let servers: FlowServers;
let flow: IncomingFlow;
let organization: TestOrganization;
let cautious: TestOrganization;
let worker: WorkerProcess | null = null;
let missing: string[] = [];

beforeAll(async () => {
  const programs = ['clamd', 'spamd', 'rspamd', 'dnsmasq'];
  const found = await Promise.all(programs.map(findProgram));
  missing = programs.filter((_, at) => found[at] === null);
  if (missing.length > 0) return;
  nowhere.port = await freePort();
  servers = await startFlowServers();
  ({ flow } = servers);
  organization = await createOrganization(servers.owner, 'example.org');
  cautious = await createOrganization(servers.owner, 'cautious.example');
  await servers.owner.query('update organizations set settings = $2 where id = $1', [
    cautious.id,
    JSON.stringify({ policy: { whenUnscanned: 'hold' } }),
  ]);
}, 120_000);
beforeEach((context) => {
  if (missing.length > 0) context.skip(lacking(missing.join(', ')));
});
afterEach(async () => {
  await worker?.stop();
  worker = null;
});
afterAll(() => servers?.stop());

async function work(scanners: Partial<WorkerSettings['scanners']>): Promise<void> {
  worker = await flow.startWorker({ scanners: { clamd: null, rspamd: null, spamassassin: null, ...scanners } });
}

async function stepOf(of: TestOrganization, id: string, name: string): Promise<SeenStep> {
  const step = (await flow.steps(of, id)).find((one) => one.name === name);
  if (step === undefined) throw new Error(`the run has no ${name}`);
  return step;
}

const codesOf = async (of: TestOrganization, id: string) => (await flow.findings(of, id)).map(({ code }) => code);
const antivirusOf = async (of: TestOrganization, id: string) =>
  (await stepOf(of, id, 'securityScan')).outcome?.['antivirus'];
const rspamdAt = (url: string) => ({ url, password: null });

test('a virus that clamd knows quarantines its message, what has none is delivered', async () => {
  const clamd = await startClamd();
  try {
    await work({ clamd: { address: clamd.address } });
    const infected = await flow.receiveAndEnd(organization, infectedMail());
    expect(await flow.message(organization, infected)).toMatchObject({ status: 'QUARANTINED' });
    expect(await antivirusOf(organization, infected)).toEqual({
      status: 'infected',
      signature: EICAR_SIGNATURE,
      engine: expect.stringMatching(/^ClamAV/) as string,
    });
    const findings = await flow.findings(organization, infected);
    expect(findings.find(({ code }) => code === 'malware.signature')).toMatchObject({
      severity: 'critical',
      explanation: expect.stringContaining(EICAR_SIGNATURE) as string,
    });
    const clean = await flow.receiveAndEnd(organization, mailWith(Buffer.from('1, 2, 3\n'), 'figures.csv'));
    expect(await flow.message(organization, clean)).toMatchObject({ status: 'DELIVERED' });
    expect(await antivirusOf(organization, clean)).toMatchObject({ status: 'clean', signature: null });
    expect(await stepOf(organization, clean, 'securityScan')).toMatchObject({ status: 'DONE', error: null });
  } finally {
    await clamd.stop();
  }
});

test.skipIf(bombs.absent)(
  bombs.title('archive bombs and what is larger than clamd takes are unscannable and not delivered'),
  async () => {
    const clamd = await startClamd({ streamMaxLength: '2M' });
    const made = await makeBombs();
    try {
      await work({ clamd: { address: clamd.address } });
      for (const name of ['gzip-bomb-500MB.eml', 'zipbomb-flat-200MB.eml', 'zipbomb-nested4-16x.eml']) {
        const id = await flow.receiveAndEnd(organization, await made.read(name), 60_000);
        expect(await flow.message(organization, id), name).toMatchObject({ status: 'QUARANTINED' });
        expect(await antivirusOf(organization, id), name).toMatchObject({ status: 'unscannable' });
        expect(await codesOf(organization, id), name).toContain('attachment.unscannable');
      }
      const large = await flow.receive(organization, mailWith(Buffer.alloc(3_000_000, 'abc')));
      await eventually(async () => expect((await flow.message(organization, large)).status).toBe('HELD'));
      expect(await flow.message(organization, large)).toMatchObject({
        reason: expect.stringContaining('has not looked at all of it') as string,
      });
      await flow.command(organization, large, 'release');
      await eventually(async () => expect((await flow.message(organization, large)).status).toBe('DELIVERED'));
    } finally {
      await clamd.stop();
      await made.remove();
    }
  },
);

test.skipIf(bombs.absent)(
  bombs.title('a clamd that is killed in the middle of a scan loses no message: passed marked, or held, by policy'),
  async () => {
    const clamd = await startClamd();
    const made = await makeBombs();
    // It takes clamd seconds.
    const slow = await made.read('zipbomb-flat-200MB.eml');
    try {
      await work({ clamd: { address: clamd.address } });
      const ids = [await flow.receive(organization, slow), await flow.receive(cautious, slow)];
      await eventually(async () => {
        const files = await readdir(clamd.folder);
        expect(files.filter((name) => name.startsWith('clamav-')).length).toBeGreaterThanOrEqual(2);
      });
      await clamd.kill();
      const [passed, held] = [
        await flow.receiveAndEnd(organization, plainMail()),
        await flow.receive(cautious, plainMail()),
      ];
      expect(await flow.message(organization, passed)).toMatchObject({ status: 'DELIVERED' });
      expect(await codesOf(organization, passed)).toContain('malware.unscanned');
      expect(await antivirusOf(organization, passed)).toMatchObject({ status: 'failed' });
      expect(await stepOf(organization, passed, 'securityScan')).toMatchObject({
        status: 'DEGRADED',
        error: { code: 'clamd', message: expect.stringMatching(/^clamd did not answer \(.*ECONNREFUSED/) as string },
      });
      await eventually(async () => expect((await flow.message(cautious, held)).status).toBe('HELD'));
      expect((await flow.message(cautious, held)).reason).toContain('the virus scanner did not answer');
      // Both were in the middle of their scan: our own limits say what they are.
      for (const [of, id] of [
        [organization, ids[0]!],
        [cautious, ids[1]!],
      ] as const) {
        await eventually(async () => expect((await flow.message(of, id)).disposition).not.toBeNull());
        expect(await stepOf(of, id, 'securityScan')).toMatchObject({ status: 'DEGRADED', error: { code: 'clamd' } });
      }
      await clamd.start();
      // It is found out within seconds that it is back.
      await eventually(async () => {
        const next = await flow.receive(cautious, infectedMail());
        await eventually(async () => expect((await flow.message(cautious, next)).disposition).not.toBeNull());
        expect(await antivirusOf(cautious, next)).toMatchObject({ status: 'infected' });
      });
      await flow.command(cautious, held, 'release');
      await eventually(async () => expect((await flow.message(cautious, held)).status).toBe('DELIVERED'));
    } finally {
      await clamd.stop();
      await made.remove();
    }
  },
  60_000,
);

test('a clamd that is down is not asked for every message, and all of them are delivered, marked', async () => {
  await work({ clamd: { address: nowhere } });
  const ids = await Promise.all(
    Array.from({ length: 12 }, () => flow.receiveAndEnd(organization, plainMail(), 60_000)),
  );
  const steps = await Promise.all(ids.map((id) => stepOf(organization, id, 'securityScan')));
  expect(steps.map(({ status }) => status)).toEqual(ids.map(() => 'DEGRADED'));
  expect(steps.some(({ error }) => error?.message.includes('is not asked for a while'))).toBe(true);
});

test('SpamAssassin and rspamd speak with the embedded filter, and what each said is shown', async () => {
  const [spamd, rspamd] = await Promise.all([startSpamd(), startRspamd()]);
  try {
    await work({ spamassassin: { address: spamd.address }, rspamd: rspamdAt(rspamd.url) });
    const spam = await flow.receiveAndEnd(organization, plainMail({ text: `${GTUBE}\r\n` }), 60_000);
    expect(await flow.message(organization, spam)).toMatchObject({ status: 'QUARANTINED' });
    expect(servicesOf(await stepOf(organization, spam, 'spamDetection'))).toEqual([
      expect.objectContaining({ service: 'rspamd', status: 'answered', score: 15, action: 'reject' }),
      expect.objectContaining({ service: 'spamassassin', status: 'answered', required: 5, action: 'spam' }),
    ]);
    const ham = await flow.receiveAndEnd(organization, plainMail(), 60_000);
    expect(await flow.message(organization, ham)).toMatchObject({ status: 'DELIVERED' });
    const step = await stepOf(organization, ham, 'spamDetection');
    expect(step).toMatchObject({
      status: 'DONE',
      outcome: { verdict: 'ham', answeredBy: ['embedded', 'rspamd', 'spamassassin'] },
    });
    const signals = (step.outcome!['contributions'] as { signal: string }[]).map(({ signal }) => signal);
    for (const service of ['rspamd', 'spamassassin']) {
      expect(signals.filter((signal) => signal.startsWith(`${service}:`))).not.toEqual([]);
    }

    await rspamd.rspamd.kill();
    const fallen = await flow.receiveAndEnd(organization, plainMail(), 60_000);
    expect(await stepOf(organization, fallen, 'spamDetection')).toMatchObject({
      status: 'DEGRADED',
      error: { code: 'rspamd' },
      outcome: { answeredBy: ['embedded', 'spamassassin'] },
    });
  } finally {
    await Promise.all([spamd.stop(), rspamd.stop()]);
  }
}, 120_000);

test('without any of them that is configured the embedded filter answers, and the step says who did not', async () => {
  await work({ spamassassin: { address: nowhere }, rspamd: rspamdAt(`http://127.0.0.1:${nowhere.port}`) });
  const id = await flow.receiveAndEnd(organization, plainMail(), 60_000);
  const step = await stepOf(organization, id, 'spamDetection');
  expect(step).toMatchObject({
    status: 'DEGRADED',
    error: { code: 'rspamd+spamassassin' },
    outcome: { verdict: 'ham', answeredBy: ['embedded'] },
  });
  const healing = await stepOf(organization, id, 'selfHealing');
  expect(healing.outcome?.['degraded']).toMatchObject([{ step: 'spamDetection', fallback: 'embedded' }]);
  const failed: Scanner[] = ['rspamd', 'spamassassin'];
  expect(servicesOf(step).map(({ service, status }) => [service, status])).toEqual(
    failed.map((name) => [name, 'failed']),
  );
});

function servicesOf(step: SeenStep) {
  return step.outcome!['services'] as { service: string; status: string }[];
}
