import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { createLogger } from '../../../src/adapters/logger.js';
import { acceptMessages } from '../../../src/adapters/messages/accept-messages.js';
import { applyCommand } from '../../../src/adapters/runs/commands.js';
import { createTemporalClient } from '../../../src/adapters/temporal/connect.js';
import { startWorkerProcess, type WorkerProcess } from '../../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { acceptedMail, plainMail } from '../../support/messages.js';
import { startTemporal } from '../../support/servers.js';
import { startTestApi, type TestApi } from './test-api.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';

let temporal: Awaited<ReturnType<typeof startTemporal>>;
let access: ReturnType<typeof createTemporalClient>;
let api: TestApi;
let worker: WorkerProcess;
let organization: TestOrganization;

beforeAll(async () => {
  temporal = await startTemporal();
  access = createTemporalClient(temporal);
  api = await startTestApi({ temporal: access });
  organization = await createOrganization(api.database.open('owner'), 'example.org');
  worker = await startWorkerProcess(
    {
      databaseUrl: api.database.url,
      databasePool: 5,
      worker: { port: 0, queues: ['mail'], concurrency: 20 },
      parser: { threads: 1, deadlineMs: 5_000, memoryMb: 256 },
      dns: { mode: 'off', servers: null },
      ...ONWARD_SETTINGS,
      authentication: { authservId: 'mx.example.org', trustedRelays: [], trustedSealers: [] },
      scanners: { clamd: null, rspamd: null, spamassassin: null },
      temporal: { address: temporal.address, namespace: temporal.namespace, searchBySender: false },
    },
    createLogger('worker', 'warn'),
  );
});
afterAll(async () => {
  await worker?.stop();
  await api?.close();
  await access?.connection.close();
  await temporal?.stop();
});

interface Processed {
  messageId: string;
  status: string;
  coreProcessing: { securityScan: { threatLevel: string } | null; spamScore: number | null; threadId: string | null };
  aiEnhancements: {
    summary: string | null;
    suggestions: unknown[];
    routing: { routes: unknown[] };
    translation: unknown;
  };
  autonomousActions: { optimizations: unknown[]; predictions: { replyNeeded: unknown } | null; actions: unknown[] };
  processingTime: number;
  confidence: number;
}

const processEmail = async (input: Record<string, unknown>) => {
  const { data, errors } = await api.graphql<{ processEmail: Processed }>(
    organization.token,
    `mutation ($input: ProcessEmailInput!) { processEmail(input: $input) { messageId status
      coreProcessing { securityScan spamScore threadId } aiEnhancements { suggestions summary routing translation }
      autonomousActions { optimizations predictions actions } processingTime confidence } }`,
    { input: { sender: 'ada@sender.example', recipient: 'team@example.org', subject: 'Figures', ...input } },
  );
  expect(errors).toBeUndefined();
  return data!.processEmail;
};

test('processEmail runs the whole flow and answers with what all its steps found', async () => {
  const processed = await processEmail({
    content: 'Dear team,\n\ncould you send me the figures for March by Tuesday, please?\n\nAda',
    operations: ['ai', 'autonomous', 'translation', 'voice'],
  });
  expect(processed).toMatchObject({
    coreProcessing: { securityScan: { threatLevel: expect.any(String) }, spamScore: expect.any(Number) },
    aiEnhancements: { summary: expect.stringContaining('figures'), translation: { reason: expect.any(String) } },
    autonomousActions: { predictions: { replyNeeded: expect.anything() } },
    confidence: expect.any(Number),
  });
  expect(processed.coreProcessing.threadId).not.toBeNull();
  expect(processed.aiEnhancements.routing.routes).toHaveLength(1);
  expect(['DELIVERED', 'HELD', 'QUARANTINED']).toContain(processed.status);
  const { data } = await api.graphql<{ message: { runs: { stages: { steps: unknown[] }[] }[] } }>(
    organization.token,
    `{ message(id: "${processed.messageId}") { runs { stages { name steps { name status } } } } }`,
  );
  expect(data!.message.runs[0]!.stages.flatMap((stage) => stage.steps)).toHaveLength(17);
});

test('a run that waits is told of a command through Temporal and goes on', async () => {
  const app = api.database.open('everpost_app');
  const message = acceptedMail(organization, plainMail());
  // Paused before any worker can see it.
  await app.withOrganization(organization.id, async (sql) => {
    await acceptMessages(sql, [message]);
    await applyCommand(sql, message.id, 'pause', 'test');
  });
  const read = async () => {
    const { data } = await api.graphql<{ message: { status: string } }>(
      organization.token,
      `{ message(id: "${message.id}") { status } }`,
    );
    return data!.message.status;
  };
  await eventually(async () => expect(await read()).toBe('PAUSED'));
  const { data } = await api.graphql<{ resume: { accepted: boolean } }>(
    organization.token,
    `mutation { resume(messageId: "${message.id}") { accepted } }`,
  );
  expect(data!.resume.accepted).toBe(true);
  const workflow: WorkflowHandle = access.client.workflow.getHandle(`${message.id}-1`);
  expect(await workflow.result()).toBe('DELIVERED');
  expect(await read()).toBe('DELIVERED');
  const history = JSON.stringify(await workflow.fetchHistory());
  expect(history, 'the update, not the reconciler').toContain('workflowExecutionUpdateAccepted');
});

const change = async <Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> => {
  const { data, errors } = await api.graphql<Data>(organization.token, query, variables);
  expect(errors).toBeUndefined();
  return data!;
};

const invoice = (month: string) =>
  processEmail({
    sender: 'accounts@supplier.example',
    subject: `Invoice for ${month}`,
    content: `Dear customer,\n\nplease find our invoice for ${month} over 120.00 EUR. Payment is due in 14 days.\n`,
  });

test('a person moves messages, and routing proposes the same for the next one', async () => {
  const { saveMailbox } = await change<{ saveMailbox: { id: string } }>(
    'mutation { saveMailbox(input: { name: "Billing", pattern: "billing@example.org" }) { id } }',
  );
  const processed = await Promise.all(['January', 'February', 'March', 'April', 'May'].map(invoice));
  for (const { messageId } of processed) {
    const { moveMessage } = await change<{ moveMessage: unknown }>(
      'mutation ($message: ID!, $mailbox: ID!) { moveMessage(messageId: $message, mailboxId: $mailbox) { moved taught } }',
      { message: messageId, mailbox: saveMailbox.id },
    );
    expect(moveMessage).toEqual({ moved: true, taught: true });
  }
  let month = 0;
  await eventually(async () => {
    const { routing } = (await invoice(`month ${month++}`)).aiEnhancements;
    expect(routing).toMatchObject({ proposed: { mailboxId: saveMailbox.id, mailbox: 'Billing' } });
  });
});

test('an indicator and the policy that a person set decide over the next message', async () => {
  await change(
    `mutation { addIndicators(input: [
      { kind: domain, value: "evil[.]example", source: "own list", confidence: 0.6 }]) { id } }`,
  );
  const linked = (path: string) => ({ subject: path, content: `Look at https://www.evil.example/${path} please.` });
  let attempt = 0;
  await eventually(async () => {
    const { status, messageId } = await processEmail(linked(`page-${attempt++}`));
    expect(status).toBe('QUARANTINED');
    const { message } = await change<{ message: { findings: { code: string }[] } }>(
      `{ message(id: "${messageId}") { findings { code } } }`,
    );
    expect(message.findings.map(({ code }) => code)).toContain('threat.indicator');
  });
  await change('mutation { updatePolicy(input: { quarantineOn: [], holdOn: ["threat.indicator"] }) { id } }');
  await eventually(async () => expect((await processEmail(linked(`page-${attempt++}`))).status).toBe('HELD'));
  const { dashboard } = await change<{ dashboard: { counters: { name: string; value: number }[] } }>(
    '{ dashboard { counters { name value } } }',
  );
  expect(dashboard.counters.find(({ name }) => name === 'incoming.disposition.quarantine')?.value).toBeGreaterThan(0);
});
