import nodemailer from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { ScriptedSmtp } from '../../support/scripted-smtp.js';
import { acceptedIds } from '../../support/smtp-dialogue.js';
import { startTestSubmission, type TestSubmission } from '../../support/test-submission.js';

let servers: FlowServers;
let remote: ScriptedSmtp;
let worker: WorkerProcess;
let submission: TestSubmission;
let organization: TestOrganization;

beforeAll(async () => {
  servers = await startFlowServers();
  organization = await createOrganization(servers.owner, 'sender.example');
  remote = await ScriptedSmtp.start();
  const smartHost = `smtp://127.0.0.1:${remote.port}`;
  worker = await servers.flow.startWorker({ transport: { ...ONWARD_SETTINGS.transport, smartHost } });
  submission = await startTestSubmission(servers.database);
});
afterAll(async () => {
  await submission?.stop();
  await worker?.stop();
  await remote?.stop();
  await servers?.stop();
});

test('what is handed in at the submission port arrives at each of its recipients, and no blind copy shows', async () => {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port: submission.port,
    requireTLS: true,
    tls: { rejectUnauthorized: false },
    auth: { user: 'apikey', pass: organization.token },
  });
  const { response } = await transport.sendMail({
    from: 'Ada <ada@sender.example>',
    to: 'bea@one.example',
    bcc: 'cid@two.example',
    subject: 'The figures',
    text: 'Here they are.',
    headers: { 'Idempotency-Key': 'order-7' },
  });
  transport.close();
  const [id] = acceptedIds(response);
  await eventually(async () => {
    const [row] = await servers.owner.query<{ status: string }>('select status from messages where id = $1', [id]);
    expect(row!.status).toBe('DELIVERED');
  }, 20_000);
  expect(remote.taken.map(({ recipient }) => recipient).toSorted()).toEqual(['bea@one.example', 'cid@two.example']);
  for (const { data } of remote.taken) {
    expect(data).toContain('Here they are.');
    expect(data.slice(0, data.indexOf('\r\n\r\n'))).not.toMatch(/idempotency-key|^bcc|cid@two/im);
  }
});
