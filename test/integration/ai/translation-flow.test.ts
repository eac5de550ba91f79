import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { operatorAi } from '../../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import { plainMail } from '../../support/messages.js';

/** A server with LibreTranslate's HTTP API: it answers in capital letters. */
let libre: Server;
let isWell = true;
let servers: FlowServers;
let organization: TestOrganization;
let worker: WorkerProcess;

beforeAll(async () => {
  libre = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.url?.endsWith('/languages')) {
        response.end(JSON.stringify([{ code: 'de', name: 'German', targets: ['en', 'fr'] }]));
        return;
      }
      if (!isWell) {
        response.writeHead(500).end('{"error":"no"}');
        return;
      }
      const { q } = JSON.parse(Buffer.concat(chunks).toString()) as { q: string | string[] };
      const translated = Array.isArray(q) ? q.map((text) => text.toUpperCase()) : q.toUpperCase();
      response.end(JSON.stringify({ translatedText: translated }));
    });
  });
  await new Promise<void>((resolve) => libre.listen(0, '127.0.0.1', resolve));
  servers = await startFlowServers();
  organization = await createOrganization(servers.owner, 'translation.example');
  const at = `http://127.0.0.1:${(libre.address() as AddressInfo).port}`;
  worker = await servers.flow.startWorker({
    ai: operatorAi(at, ['translation'], { provider: 'libretranslate', model: null, key: null }),
  });
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
  libre.closeAllConnections();
  await new Promise((resolve) => libre.close(resolve));
});

const GERMAN =
  'wir kommen am Dienstag in die Werkstatt und bringen die neuen Zeichnungen des Krans mit.\r\n\r\n' +
  'Bitte schreiben Sie uns, ob die Halle am Vormittag noch frei ist.\r\n';

async function receive(text: string): Promise<string> {
  const id = await servers.flow.receive(organization, plainMail({ subject: 'Unser Besuch', text }), {
    asked: ['translation'],
  });
  await eventually(async () => {
    const { status } = await servers.flow.message(organization, id);
    if (status !== 'DELIVERED') throw new Error(`it is ${status}`);
  }, 30_000);
  return id;
}

const attempts = (id: string) =>
  servers.read(organization, (sql) =>
    sql<{ status: string; outcome: Record<string, unknown> }>(
      `select status, outcome from steps where message_id = $1 and name = 'translation' order by attempt`,
      [id],
    ),
  );

test('mail in another language is translated paragraph by paragraph, and says by whom', async () => {
  const [step] = await attempts(await receive(GERMAN));
  expect(step).toMatchObject({
    status: 'DONE',
    outcome: {
      from: 'de',
      to: 'en',
      answeredBy: { provider: 'libretranslate', tokens: null, disclosure: 'everything' },
      paragraphs: [
        { status: 'translated', text: expect.stringContaining('WERKSTATT') as string },
        { status: 'translated', text: expect.stringContaining('VORMITTAG') as string },
      ],
    },
  });
});

test('mail in the reading language is not sent anywhere', async () => {
  const text = 'We come to the workshop on Tuesday and bring the new drawings of the crane with us.\r\n';
  const [step] = await attempts(await receive(text));
  expect(step).toMatchObject({ status: 'DONE', outcome: { from: 'en', answeredBy: { provider: 'embedded' } } });
});

test('a translation that failed leaves the mail as it is, marked, and is there when the service is back', async () => {
  isWell = false;
  const id = await receive(`Guten Tag, ${GERMAN}`);
  expect(await attempts(id)).toMatchObject([
    { status: 'DEGRADED', outcome: { answeredBy: { insteadOf: [{ provider: 'libretranslate' }] } } },
  ]);
  isWell = true;
  await eventually(async () => {
    expect(await attempts(id)).toMatchObject([{ status: 'DEGRADED' }, { status: 'DONE' }]);
  }, 30_000);
});
