import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { hasProgram } from '../../../src/adapters/programs/run-program.js';
import type { VoiceOutcome } from '../../../src/domain/outcomes.js';
import type { WorkerProcess } from '../../../src/workers/worker-process.js';
import { operatorAi } from '../../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startFlowServers, type FlowServers } from '../../support/flow-servers.js';
import { plainMail } from '../../support/messages.js';
import { lacking } from '../../support/summary-reporter.js';
import {
  refuse,
  startTranscriptionServer,
  toneWav,
  TRANSCRIPTION_KEY,
  type TranscriptionCall,
  type TranscriptionServer,
} from '../../support/transcription-server.js';

let server: TranscriptionServer;
let servers: FlowServers;
let organization: TestOrganization;
let worker: WorkerProcess | null = null;

beforeAll(async () => {
  server = await startTranscriptionServer();
  servers = await startFlowServers();
  organization = await createOrganization(servers.owner, 'voice.example');
}, 120_000);
beforeEach((context) => {
  if (!hasProgram('ffmpeg')) context.skip(lacking('ffmpeg'));
});
afterEach(() => {
  server.ill = null;
});
afterAll(async () => {
  await worker?.stop();
  await servers?.stop();
  await server?.close();
});

type Settings = [more?: Parameters<typeof operatorAi>[2], operator?: Parameters<typeof operatorAi>[3]];
const LATER: Settings = [{ timeoutMs: 2_000 }, { repairs: { retriesMs: [600_000], giveUpMs: 1_200_000 } }];
let running = '';

/** A worker with these settings; the one that is there where it has them. */
async function work(...[more, operator]: Settings): Promise<void> {
  const asked = JSON.stringify([more, operator]);
  if (asked === running) return;
  await worker?.stop();
  const settings = { model: 'whisper-1', key: TRANSCRIPTION_KEY, timeoutMs: 3_000, ...more };
  worker = await servers.flow.startWorker({ ai: operatorAi(server.url, ['voice'], settings, operator) });
  running = asked;
}

/** Each mail another sound, or the transcript of one would serve the others. */
let sounds = 0;
const sound = (seconds = 1) => toneWav(seconds, 300 + 10 * ++sounds);

interface Recording {
  bytes: Buffer;
  type?: string;
  name?: string;
}

function mailWith(...recordings: Recording[]): Buffer {
  const parts = recordings.flatMap(({ bytes, type = 'audio/wav', name = 'voice.wav' }) => [
    '--b',
    `Content-Type: ${type}`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${name}"`,
    '',
    bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n'),
  ]);
  const body = ['--b', 'Content-Type: text/plain', '', 'Please listen to it.', ...parts, '--b--', ''].join('\r\n');
  const mail = plainMail({ subject: 'A recording', text: body }).toString();
  return Buffer.from(mail.replace('text/plain; charset=utf-8', 'multipart/mixed; boundary=b'));
}

interface Step {
  status: string;
  confidence: number;
  outcome: Partial<VoiceOutcome> & { reason?: string };
  error: { code: string; message: string } | null;
}

async function receive(...recordings: Recording[]): Promise<string> {
  const id = await servers.flow.receive(organization, mailWith(...recordings), { asked: ['voice'] });
  await eventually(async () => {
    const { status } = await servers.flow.message(organization, id);
    if (status !== 'DELIVERED') throw new Error(`it is ${status}`);
  }, 40_000);
  return id;
}

const attempts = (id: string) =>
  servers.read(organization, (sql) =>
    sql<Step & Record<string, unknown>>(
      `select status, confidence, outcome, error from steps where message_id = $1 and name = 'voice' order by attempt`,
      [id],
    ),
  );

test('a recording of an incoming mail is written down, and by whom', async () => {
  server.hear = () => ({ text: ' Bitte rufen Sie mich zurück. ', language: 'german', logProbability: -0.1 });
  await work(...LATER);
  const id = await receive({ bytes: sound(1.5) });
  expect(await attempts(id)).toMatchObject([
    {
      status: 'DONE',
      outcome: {
        recordings: [
          {
            name: 'voice.wav',
            text: 'Bitte rufen Sie mich zurück.',
            language: 'de',
            seconds: 1.5,
            quality: 'dictation',
          },
        ],
        answeredBy: { provider: 'openai', model: 'whisper-1', disclosure: 'everything', insteadOf: [] },
      },
    },
  ]);
  const [first] = await attempts(id);
  expect(first?.confidence).toBeCloseTo(Math.exp(-0.1) * 0.99, 3);
  const call = server.calls.at(-1)!;
  expect(call).toMatchObject({ model: 'whisper-1', format: 'verbose_json', seconds: 1.5 });
  expect(call.prompt).toContain('Ada Lovelace');
  const before = server.calls.length;
  const again = await servers.flow.receive(organization, mailWith({ bytes: toneWav(1.5, 300 + 10 * sounds) }), {
    asked: ['voice'],
  });
  await eventually(async () => expect(await attempts(again)).toMatchObject([{ status: 'DONE' }]), 40_000);
  expect(server.calls, 'the same sound is not listened to twice').toHaveLength(before);
});

test('a recording that nobody can read costs no other, and is sent nowhere', async () => {
  server.hear = ({ seconds }) => ({ text: `it lasts ${seconds} seconds` });
  await work(...LATER);
  const before = server.calls.length;
  const id = await receive(
    { bytes: Buffer.from('#EXTM3U\nfile:///etc/passwd\n'), name: 'list.wav' },
    { bytes: sound(2), name: 'good.wav' },
    { bytes: Buffer.alloc(40_000, 'noise'), name: 'noise.mp3', type: 'audio/mpeg' },
  );
  expect(await attempts(id)).toMatchObject([
    {
      status: 'DONE',
      outcome: {
        recordings: [{ name: 'good.wav', text: 'it lasts 2 seconds' }],
        unheard: [{ name: 'list.wav' }, { name: 'noise.mp3' }],
      },
    },
  ]);
  expect(server.calls).toHaveLength(before + 1);
});

const page = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html><h1>Gateway</h1> sk-test-key</html>');
type Ill = [name: string, ill: (response: ServerResponse, call: TranscriptionCall) => void, failure: string];

test.for<Ill>([
  [
    'refuses the file',
    (r) => refuse(r, 400, 'Invalid file format.', 'invalid_request_error', 'invalid_value'),
    'refused',
  ],
  [
    'refuses the key',
    (r) => refuse(r, 401, `Incorrect: ${TRANSCRIPTION_KEY}`, 'invalid_request_error', 'invalid_api_key'),
    'refused',
  ],
  ['finds it too large', (r) => refuse(r, 413, 'Maximum content size limit', 'server_error', null), 'refused'],
  ['answers a page with 200', page, 'nonsense'],
  [
    'breaks off',
    (r) => r.writeHead(200, { 'content-length': '500' }).end('{"text": "Bit', () => r.destroy()),
    'unreachable',
  ],
  ['answers nothing in time', () => undefined, 'timeout'],
  ['sends elsewhere', (r) => r.writeHead(302, { location: 'http://127.0.0.1:9/v1/audio' }).end(), 'nonsense'],
  // Last: it is left alone for so long.
  [
    'asks for a pause',
    (r) => refuse(r, 429, 'Rate limit', 'requests', 'rate_limit_exceeded', { 'retry-after': '7' }),
    'rateLimited',
  ],
])('the mail goes on, marked, where the service %s', async ([, ill, failure]) => {
  server.ill = ill;
  await work(...LATER);
  const [step] = await attempts(await receive({ bytes: sound() }));
  expect(step).toMatchObject({
    status: 'DEGRADED',
    confidence: 0,
    outcome: { reason: 'its recordings stay unheard', answeredBy: { insteadOf: [{ provider: 'openai', failure }] } },
    error: { code: `ai.${failure}` },
  });
  expect(JSON.stringify(step)).not.toContain(TRANSCRIPTION_KEY);
  expect(JSON.stringify(step)).not.toContain('Gateway');
});

test('what was not heard is heard when the service is back', async () => {
  server.hear = () => ({ text: 'Here I am.' });
  server.ill = (response) => refuse(response, 503, 'overloaded', 'server_error', null);
  await work();
  const id = await receive({ bytes: sound() });
  expect(await attempts(id)).toMatchObject([{ status: 'DEGRADED', error: { code: 'ai.unreachable' } }]);
  server.ill = null;
  await eventually(async () => {
    expect(await attempts(id)).toMatchObject([
      { status: 'DEGRADED' },
      { status: 'DONE', outcome: { recordings: [{ text: 'Here I am.' }] } },
    ]);
  }, 30_000);
});

test('sound is sent nowhere unless everything may leave the machine', async () => {
  await work({ baseUrl: 'https://speech.example.org/v1', disclosure: 'redacted' });
  const [step] = await attempts(await receive({ bytes: sound() }));
  expect(step).toMatchObject({ status: 'UNAVAILABLE' });
});

test('a recogniser of commands is not shown what somebody says freely in a mail', async () => {
  await work({ provider: 'pocketsphinx', model: null, key: null, baseUrl: null });
  const [step] = await attempts(await receive({ bytes: sound() }));
  expect(step).toMatchObject({ status: 'UNAVAILABLE' });
  expect(step?.outcome.reason).toContain('pocketsphinx knows commands alone');
});
