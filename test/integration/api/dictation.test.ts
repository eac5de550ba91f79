import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { speak } from '../../../bench/quality/voice/espeak.js';
import { VOICE_PROGRAMS } from '../../../bench/quality/voice.js';
import { hasProgram } from '../../../src/adapters/programs/run-program.js';
import type { AnsweredBy } from '../../../src/domain/ai.js';
import { operatorAi } from '../../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { lacking } from '../../support/summary-reporter.js';
import {
  refuse,
  startTranscriptionServer,
  toneWav,
  TRANSCRIPTION_KEY,
  type TranscriptionServer,
} from '../../support/transcription-server.js';
import { startTestApi, type TestApi } from './test-api.js';

interface Dictation {
  transcript: string;
  quality: string;
  language: string | null;
  confidence: number;
  seconds: number;
  commands: { kind: string }[];
  draft: {
    to: { spoken: string; address: string | null; candidates: { address: string }[] }[];
    cc: { spoken: string; address: string | null }[];
    subject: string;
    paragraphs: string[];
    readBack: boolean;
  };
  answeredBy: AnsweredBy;
}

const DICTATE = `mutation ($input: DictateInput!) { dictate(input: $input) {
  transcript quality language confidence seconds commands answeredBy
  draft { subject paragraphs readBack to { spoken address name candidates { name address } } cc { spoken address } } } }`;

let server: TranscriptionServer;
/** With an endpoint for dictation, and with PocketSphinx. */
let endpoint: TestApi;
let sphinx: TestApi;
let silent: TestApi;
const organizations = new Map<TestApi, { ours: TestOrganization; theirs: TestOrganization }>();

beforeAll(async () => {
  server = await startTranscriptionServer();
  const settings = { model: 'whisper-1', key: TRANSCRIPTION_KEY, timeoutMs: 20_000 };
  const local = { provider: 'pocketsphinx' as const, model: null, key: null, baseUrl: null, timeoutMs: 60_000 };
  [endpoint, sphinx, silent] = await Promise.all([
    startTestApi({ ai: operatorAi(server.url, ['voice'], settings) }),
    startTestApi({ ai: operatorAi(server.url, ['voice'], local) }),
    startTestApi(),
  ]);
  for (const api of [endpoint, sphinx, silent]) {
    const owner = api.database.open('owner');
    const ours = await createOrganization(owner, 'ours.example');
    const theirs = await createOrganization(owner, 'theirs.example');
    await know(api, ours, 'Anna Schmidt', 'anna@customer.example');
    await know(api, ours, 'Peter Hughes', 'peter@supplier.example');
    await know(api, theirs, 'Priya Raghunathan', 'priya@secret.example');
    organizations.set(api, { ours, theirs });
  }
}, 120_000);
afterEach(() => {
  server.ill = null;
});
afterAll(async () => {
  await Promise.all([endpoint?.close(), sphinx?.close(), silent?.close()]);
  await server?.close();
});

const know = (api: TestApi, { id }: TestOrganization, name: string, address: string) =>
  api.database.open('owner').query(
    `insert into correspondents
         (organization_id, address, name, name_key, domain, messages, first_seen_at, last_seen_at)
       values ($1, $2, $3, lower($3), split_part($2, '@', 2), 3, now(), now())`,
    [id, address, name],
  );

async function dictate(api: TestApi, audio: Buffer | string, whose: 'ours' | 'theirs' = 'ours', sender?: string) {
  const input = { audio: typeof audio === 'string' ? audio : audio.toString('base64'), sender };
  return api.graphql<{ dictate: Dictation }>(organizations.get(api)![whose].token, DICTATE, { input });
}

async function heard(...given: Parameters<typeof dictate>): Promise<Dictation> {
  const { data, errors } = await dictate(...given);
  expect(errors).toBeUndefined();
  return data!.dictate;
}

const lacksPrograms = (...programs: string[]) => programs.find((program) => !hasProgram(program));

test('free speech becomes a draft, with recipients among the contacts of the organization', async (context) => {
  if (!hasProgram('ffmpeg')) context.skip(lacking('ffmpeg'));
  server.hear = () => ({
    text: 'Send to Anna Schmidt. Subject the crane. We come on Tuesday with the drawings. New paragraph. Is the hall free? Sign off with kind regards.',
    logProbability: -0.3,
  });
  const dictation = await heard(endpoint, toneWav(2), 'ours', 'Ada');
  expect(dictation).toMatchObject({
    quality: 'dictation',
    language: 'en',
    seconds: 2,
    draft: {
      to: [{ spoken: 'Anna Schmidt', address: 'anna@customer.example', candidates: [] }],
      cc: [],
      readBack: false,
    },
    answeredBy: { provider: 'openai', model: 'whisper-1' },
  });
  expect(dictation.confidence).toBeCloseTo(Math.exp(-0.3) * 0.99, 3);
  expect(dictation.draft.subject.toLowerCase()).toContain('crane');
  expect(dictation.draft.paragraphs.join('|')).toMatch(/Tuesday.*\|.*hall free.*\|Kind regards\nAda$/);
  const [kept] = await endpoint.database.open('owner').query('select count(*)::int as messages from messages');
  expect(kept, 'nothing is kept or sent').toEqual({ messages: 0 });
});

test('names of contacts that go to the service are those of the organization alone, and so is who is found', async (context) => {
  if (!hasProgram('ffmpeg')) context.skip(lacking('ffmpeg'));
  server.hear = () => ({ text: 'Send to Priya Raghunathan. New paragraph. Hello.' });
  const ours = await heard(endpoint, toneWav(1));
  expect(server.calls.at(-1)!.prompt).toContain('Anna Schmidt');
  expect(server.calls.at(-1)!.prompt).not.toContain('Priya');
  expect(ours.draft.to).toMatchObject([{ spoken: 'Priya Raghunathan', address: null }]);
  expect(JSON.stringify(ours)).not.toContain('secret.example');
  const theirs = await heard(endpoint, toneWav(1), 'theirs');
  expect(theirs.draft.to).toMatchObject([{ address: 'priya@secret.example' }]);
});

test.for<[string, (api: TestApi) => void, string]>([
  ['down', () => (server.ill = (r) => refuse(r, 503, 'overloaded', 'server_error', null)), 'SERVICE_UNAVAILABLE'],
  [
    'busy',
    () => (server.ill = (r) => refuse(r, 429, 'slow', 'requests', null, { 'retry-after': '0.1' })),
    'SERVICE_UNAVAILABLE',
  ],
  ['an error page', () => (server.ill = (r) => r.writeHead(200).end('<html>')), 'SERVICE_UNAVAILABLE'],
])('a service that is %s is told to the speaker without its words', async ([, fall, code], context) => {
  if (!hasProgram('ffmpeg')) context.skip(lacking('ffmpeg'));
  fall(endpoint);
  const { errors } = await dictate(endpoint, toneWav(1));
  expect(errors).toMatchObject([{ extensions: { code } }]);
  expect(JSON.stringify(errors)).not.toMatch(/sk-test-key|<html>/);
});

test.for<[string, string]>([
  ['nothing', ''],
  ['no base64', 'äöü not base64'],
  ['more than ten megabytes', 'A'.repeat(Math.ceil((10 * 1024 * 1024 * 4) / 3) + 8)],
])('an upload of %s is refused before anybody hears it', async ([, audio]) => {
  const before = server.calls.length;
  const { errors } = await dictate(endpoint, audio);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(errors![0]!.message).toContain('audio');
  expect(server.calls).toHaveLength(before);
});

test.for<[string, Buffer]>([
  ['noise', Buffer.alloc(60_000, 'noise')],
  [
    'a playlist that names a file of the server',
    Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n'),
  ],
  ['a script of ffmpeg', Buffer.from("ffconcat version 1.0\nfile 'http://127.0.0.1:9/x.wav'\n")],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  [
    'a WAV file that says it is four gigabytes long',
    Buffer.from(`${toneWav(0.01).subarray(0, 40).toString('hex')}ffffffff`, 'hex'),
  ],
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>')],
])('%s is no recording', async ([, bytes], context) => {
  if (!hasProgram('ffmpeg')) context.skip(lacking('ffmpeg'));
  const before = server.calls.length;
  const { errors } = await dictate(endpoint, bytes);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(server.calls).toHaveLength(before);
});

test('an upload of almost ten megabytes is heard', async (context) => {
  if (!hasProgram('ffmpeg')) context.skip(lacking('ffmpeg'));
  server.hear = ({ seconds }) => ({ text: `${Math.round(seconds)} seconds` });
  expect((await heard(endpoint, toneWav(320))).transcript).toBe('320 seconds');
});

test('without a provider, and without a token, nobody hears it', async () => {
  const { errors } = await dictate(silent, toneWav(1));
  expect(errors).toMatchObject([
    { message: 'nobody hears recordings: no provider is configured', extensions: { code: 'SERVICE_UNAVAILABLE' } },
  ]);
  const nobody = await silent.graphql(null, DICTATE, { input: { audio: toneWav(0.1).toString('base64') } });
  expect(nobody.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('PocketSphinx hears commands, says that it knows no more, and knows the names of its organization', async (context) => {
  const absent = lacksPrograms(...VOICE_PROGRAMS);
  if (absent !== undefined) context.skip(lacking(absent));
  const before = server.calls.length;
  const ours = await heard(sphinx, await speak('send to Anna Schmidt', 'en-us', 150), 'ours');
  expect(ours).toMatchObject({
    transcript: 'send to anna schmidt',
    quality: 'commands',
    language: 'en',
    commands: [{ kind: 'to' }],
    draft: { to: [{ address: 'anna@customer.example' }], paragraphs: [] },
    answeredBy: { provider: 'pocketsphinx', cost: null },
  });
  expect(ours.confidence).toBeLessThanOrEqual(0.6);
  const subject = await heard(sphinx, await speak('subject invoice', 'en-us', 150));
  expect(subject.draft.subject.toLowerCase()).toBe('invoice');
  // Its grammar has the names of its own organization: another one's cannot even be said.
  const speech = await speak('send to Priya Raghunathan', 'en-us', 150);
  expect((await heard(sphinx, speech)).transcript).not.toMatch(/priya|raghunathan/);
  expect((await heard(sphinx, speech, 'theirs')).draft.to).toMatchObject([{ address: 'priya@secret.example' }]);
  expect(server.calls, 'nothing left the machine').toHaveLength(before);
}, 120_000);
