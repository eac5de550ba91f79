import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { overallConfidence } from '../../src/domain/confidence.js';
import { STAGES, stepsOf, type StepName } from '../../src/domain/pipeline.js';
import type { MessageStatus } from '../../src/domain/status.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import type { IncomingFlow } from '../support/incoming-flow.js';
import { plainMail } from '../support/messages.js';

let servers: FlowServers;
let owner: Database;
let flow: IncomingFlow;
let worker: WorkerProcess;
let organization: TestOrganization;

beforeAll(async () => {
  servers = await startFlowServers();
  ({ owner, flow } = servers);
  organization = await createOrganization(owner, 'example.org');
  worker = await flow.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
});

const sample = (name: string) => readFile(path.resolve(import.meta.dirname, '../../samples', name));
const lookalike = () => plainMail({ from: 'Accounts <accounts@secure-example.com>' });

const reaches = (of: TestOrganization, id: string, status: MessageStatus) =>
  eventually(async () => expect((await flow.message(of, id)).status).toBe(status));

const receiveAndEnd = (of: TestOrganization, bytes: Buffer) => flow.receiveAndEnd(of, bytes);

describe('an ordinary mail', () => {
  test('goes through its fifteen steps and is delivered, with a confidence computed from them', async () => {
    const id = await receiveAndEnd(organization, plainMail());
    expect(await flow.message(organization, id)).toMatchObject({ status: 'DELIVERED', disposition: 'deliver' });
    const steps = await flow.steps(organization, id);
    expect(steps.map(({ name }) => name).sort()).toEqual(STAGES.flatMap((stage) => stepsOf(stage, [])).sort());
    expect(steps.map(({ name, status, error }) => [name, status, error])).toEqual(
      steps.map(({ name }) => [name, 'DONE', null]),
    );
    const [run] = await flow.runs(organization, id);
    expect(run?.status).toBe('DELIVERED');
    expect(run?.confidence).toBeCloseTo(overallConfidence(steps)!, 10);
    expect(run?.confidence).toBeGreaterThan(0.3);
    expect(run?.confidence).toBeLessThan(1);
  });

  test('gets the steps that were asked for, which tell that they have no provider and count as nothing', async () => {
    const id = await flow.receive(organization, plainMail(), { asked: ['translation', 'voice'] });
    await reaches(organization, id, 'DELIVERED');
    const steps = await flow.steps(organization, id);
    expect(steps).toHaveLength(17);
    for (const step of steps.filter(({ name }) => name === 'translation' || name === 'voice')) {
      expect(step).toMatchObject({ status: 'UNAVAILABLE', outcome: { reason: expect.stringContaining('no ') } });
    }
    const [run] = await flow.runs(organization, id);
    expect(run?.confidence).toBeCloseTo(overallConfidence(steps)!, 10);
    const unasked = steps.filter(({ status }) => status !== 'UNAVAILABLE');
    expect(run!.confidence!).toBeLessThan(overallConfidence(unasked)!);
  });
});

describe('spam', () => {
  test('is quarantined with findings that say why, and is delivered by a second run once it is released', async () => {
    const id = await receiveAndEnd(organization, await sample('spam-gtube.eml'));
    expect(await flow.message(organization, id)).toMatchObject({ status: 'QUARANTINED', disposition: 'quarantine' });
    const findings = await flow.findings(organization, id);
    expect(findings.length).toBeGreaterThan(0);
    for (const { code, explanation } of findings) {
      expect(code).toMatch(/^[a-z]\w*(?:\.\w+)+$/);
      expect(explanation).toMatch(/\w+ .*\w+/);
    }
    expect(findings.some(({ code }) => code.startsWith('spam.'))).toBe(true);

    expect(await flow.command(organization, id, 'release')).toMatchObject({ result: 'accepted', status: 'RECEIVED' });
    await reaches(organization, id, 'DELIVERED');
    const runs = await flow.runs(organization, id);
    expect(runs.map(({ number, status }) => [number, status])).toEqual([
      [1, 'QUARANTINED'],
      [2, 'DELIVERED'],
    ]);
    expect(runs.map(({ workflowId }) => workflowId)).toEqual([`${id}-1`, `${id}-2`]);
    expect((await flow.message(organization, id)).reason).toContain('a person');
  });

  test('is rejected by a second run once a person says so', async () => {
    const id = await receiveAndEnd(organization, await sample('spam-gtube.eml'));
    await flow.command(organization, id, 'reject');
    await reaches(organization, id, 'REJECTED');
    expect((await flow.runs(organization, id)).map(({ status }) => status)).toEqual(['QUARANTINED', 'REJECTED']);
    expect(await flow.command(organization, id, 'reject')).toEqual({ result: 'unchanged', status: 'REJECTED' });
  });
});

describe('a command', () => {
  test('pauses a run in its middle, and resumes it', async () => {
    const id = await flow.receive(organization, plainMail());
    expect(await flow.command(organization, id, 'pause')).toMatchObject({ result: 'accepted' });
    await reaches(organization, id, 'PAUSED');
    const before = (await flow.steps(organization, id)).length;
    expect(before).toBeLessThan(15);
    expect(await flow.command(organization, id, 'resume')).toMatchObject({ result: 'accepted', told: true });
    await reaches(organization, id, 'DELIVERED');
    expect(await flow.steps(organization, id)).toHaveLength(15);
    expect(await flow.runs(organization, id)).toHaveLength(1);
  });

  test('may pause a run again after it was resumed', async () => {
    const id = await flow.receive(organization, plainMail(), {}, 'pause');
    await reaches(organization, id, 'PAUSED');
    await flow.command(organization, id, 'resume');
    await flow.command(organization, id, 'pause');
    await eventually(async () =>
      expect(['PAUSED', 'DELIVERED']).toContain((await flow.message(organization, id)).status),
    );
    await flow.command(organization, id, 'resume');
    await reaches(organization, id, 'DELIVERED');
  });

  test('cancels a run that is paused, and one that has not started', async () => {
    const paused = await flow.receive(organization, plainMail(), {}, 'pause');
    await reaches(organization, paused, 'PAUSED');
    await flow.command(organization, paused, 'cancel');
    const waiting = await flow.receive(organization, plainMail(), {}, 'cancel');
    for (const id of [paused, waiting]) {
      await reaches(organization, id, 'CANCELED');
      expect((await flow.message(organization, id)).reason).toBe('a person canceled it');
      expect(await flow.steps(organization, id)).toEqual([]);
    }
  });

  test('reprocesses a canceled message from its beginning', async () => {
    const id = await flow.receive(organization, plainMail(), {}, 'cancel');
    await reaches(organization, id, 'CANCELED');
    await flow.command(organization, id, 'reprocess');
    await reaches(organization, id, 'DELIVERED');
    expect(await flow.steps(organization, id)).toHaveLength(15);
  });

  test('that a state forbids is refused with the reason', async () => {
    const id = await receiveAndEnd(organization, plainMail());
    expect(await flow.command(organization, id, 'cancel')).toMatchObject({
      result: 'refused',
      status: 'DELIVERED',
      reason: expect.stringContaining('cannot be canceled'),
    });
  });

  test('does not reach a message of another organization', async () => {
    const other = await createOrganization(owner, 'command.example');
    const id = await flow.receive(organization, lookalike());
    await reaches(organization, id, 'HELD');
    expect(await flow.command(other, id, 'release')).toEqual({ result: 'notFound' });
    expect((await flow.message(organization, id)).status).toBe('HELD');
  });
});

describe('a mail whose sender looks like us', () => {
  test('is held, and delivered by the same run once it is released', async () => {
    const id = await flow.receive(organization, lookalike());
    await reaches(organization, id, 'HELD');
    expect((await flow.message(organization, id)).reason).toContain('secure-example.com');
    expect((await flow.findings(organization, id)).map(({ code }) => code)).toContain('sender.lookalike');
    expect(await flow.steps(organization, id)).toHaveLength(11);
    expect(await flow.command(organization, id, 'release')).toMatchObject({ result: 'accepted', told: true });
    await reaches(organization, id, 'DELIVERED');
    expect(await flow.runs(organization, id)).toHaveLength(1);
    expect(await flow.steps(organization, id)).toHaveLength(15);
  });

  test('is held, and rejected by the same run once a person says so', async () => {
    const id = await flow.receive(organization, lookalike());
    await reaches(organization, id, 'HELD');
    await flow.command(organization, id, 'reject');
    await reaches(organization, id, 'REJECTED');
    expect(await flow.runs(organization, id)).toHaveLength(1);
  });
});

describe('identical content', () => {
  const text = 'Our new catalogue of 2026 has 48 pages on pumps and valves. Please tell us whether you want one.\r\n';
  const cached = async (of: TestOrganization, id: string) =>
    (await flow.steps(of, id)).filter(({ fromCache }) => fromCache).map(({ name }) => name);

  test('is analysed once for an organization, and again for every other', async () => {
    const [one, other] = [
      await createOrganization(owner, 'one.example'),
      await createOrganization(owner, 'other.example'),
    ];
    const mail = plainMail({ to: 'all@lists.example', subject: 'The catalogue', text });
    // What a scan says of a first contact, it does not say again.
    await receiveAndEnd(one, plainMail({ text: 'A first word from us to you.\r\n' }));
    expect(await cached(one, await receiveAndEnd(one, mail))).toEqual([]);

    const again = await receiveAndEnd(one, mail);
    const served = await cached(one, again);
    const least: StepName[] = [
      'parsing',
      'securityScan',
      'spamDetection',
      'languageDetection',
      'contentAnalysis',
      'summary',
    ];
    expect(served).toEqual(expect.arrayContaining(least));
    // What speaks of this run or does something outside it is never taken from another.
    const never: StepName[] = ['selfHealing', 'performanceOptimization', 'notifications', 'dashboardUpdate'];
    expect(served.filter((name) => never.includes(name))).toEqual([]);
    expect((await flow.message(one, again)).status).toBe('DELIVERED');

    expect(await cached(other, await receiveAndEnd(other, mail))).toEqual([]);
  });

  test('is scanned anew once its sender is no stranger any more', async () => {
    const anew = await createOrganization(owner, 'anew.example');
    const mail = plainMail({ text: 'Pumps and valves of all sizes.\r\n' });
    const codes = async () => (await flow.findings(anew, await receiveAndEnd(anew, mail))).map(({ code }) => code);
    expect(await codes()).toContain('sender.firstTime');
    expect(await codes()).not.toContain('sender.firstTime');
  });
});

describe('threat intelligence', () => {
  test('quarantines a mail that names an indicator of its organization, and no mail of another', async () => {
    const [listing, other] = [
      await createOrganization(owner, 'listing.example'),
      await createOrganization(owner, 'not.example'),
    ];
    await owner.asSystem((sql) =>
      sql(
        `insert into indicators (organization_id, kind, value, source, confidence)
         values ($1, 'domain', 'bad-host.example', 'a test', 0.9)`,
        [listing.id],
      ),
    );
    const mail = plainMail({ text: 'See http://bad-host.example/offer for all of it.\r\n' });
    const listed = await receiveAndEnd(listing, mail);
    expect((await flow.message(listing, listed)).status).toBe('QUARANTINED');
    expect(await flow.findings(listing, listed)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'threat.indicator', explanation: expect.stringContaining('bad-host.example') }),
      ]),
    );
    expect((await flow.message(other, await receiveAndEnd(other, mail))).status).toBe('DELIVERED');
  });
});

describe('the reconciler', () => {
  test('ends a run whose workflow was terminated behind our back', async () => {
    const id = await flow.receive(organization, plainMail(), {}, 'pause');
    await reaches(organization, id, 'PAUSED');
    const [run] = await flow.runs(organization, id);
    await flow.client.workflow.getHandle(run!.workflowId).terminate('by an operator');
    // It looks at runs that have been open for a while.
    await owner.asSystem((sql) =>
      sql(`update runs set started_at = now() - interval '1 minute' where message_id = $1`, [id]),
    );
    await reaches(organization, id, 'CANCELED');
    expect((await flow.message(organization, id)).reason).toContain('TERMINATED');
  });

  test('tells a waiting run a command that it was not told', async () => {
    const id = await flow.receive(organization, lookalike());
    await reaches(organization, id, 'HELD');
    // As the API does it while Temporal cannot be reached: the control row alone.
    await owner.asSystem((sql) =>
      sql(`update runs set control = 'release', control_by = 'ada', control_at = now() where message_id = $1`, [id]),
    );
    await reaches(organization, id, 'DELIVERED');
  });
});

describe('the Temporal Web UI', () => {
  test('finds a run by message, organization, status and, where allowed, sender', async () => {
    const other = await createOrganization(owner, 'found.example');
    const id = await flow.receive(other, plainMail(), {}, 'pause');
    await reaches(other, id, 'PAUSED');
    const found = async (query: string) => {
      const ids: string[] = [];
      for await (const workflow of flow.client.workflow.list({ query })) ids.push(workflow.workflowId);
      return ids;
    };
    const ofOther = `EverpostOrganizationId = '${other.id}'`;
    await eventually(async () => {
      expect(await found(`EverpostMessageId = '${id}'`)).toEqual([`${id}-1`]);
      expect(await found(ofOther)).toEqual([`${id}-1`]);
      expect(await found(`${ofOther} and EverpostStatus = 'PAUSED'`)).toEqual([`${id}-1`]);
      expect(await found(`${ofOther} and EverpostSender = 'ada@sender.example'`)).toEqual([`${id}-1`]);
    });
    await flow.command(other, id, 'resume');
    await eventually(async () => {
      expect(await found(`${ofOther} and EverpostStatus = 'PAUSED'`)).toEqual([]);
      expect(await found(`${ofOther} and EverpostStatus = 'DELIVERED'`)).toEqual([`${id}-1`]);
    });
  });
});

describe('a message that ends its parser', () => {
  test('is failed with the reason, keeps its bytes, and is delivered when it is tried again', async () => {
    const impatient = { parser: { threads: 1, deadlineMs: 1, memoryMb: 256 } };
    await worker.stop();
    worker = await flow.startWorker(impatient);
    const bytes = plainMail({ text: 'A line of some length, again and again.\r\n'.repeat(100_000) });
    const id = await flow.receive(organization, bytes);
    await reaches(organization, id, 'FAILED');
    const steps = await flow.steps(organization, id);
    expect(steps).toMatchObject([
      { name: 'parsing', status: 'FAILED', error: { message: expect.stringContaining('1 ms') } },
    ]);
    expect(await flow.rawHash(organization, id)).toBe(createHash('sha256').update(bytes).digest('hex'));

    await worker.stop();
    worker = await flow.startWorker();
    await flow.command(organization, id, 'reprocess');
    await reaches(organization, id, 'DELIVERED');
  });
});
