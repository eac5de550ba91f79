import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database/database.js';
import { listMessages } from '../../src/adapters/messages/read-messages.js';
import type { Defect } from '../../src/domain/parsed-message.js';
import { isFinal } from '../../src/domain/status.js';
import type { WorkerProcess } from '../../src/workers/worker-process.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import type { IncomingFlow } from '../support/incoming-flow.js';
import { plainMail } from '../support/messages.js';
import { lacking } from '../support/summary-reporter.js';
import { testData } from '../support/test-data.js';

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

describe('the thread of a mail', () => {
  interface Part {
    of?: TestOrganization;
    id?: string;
    from?: string;
    to?: string;
    subject?: string;
    headers?: string[];
  }

  /** Receives a mail of a conversation and gives its thread, and how that was found. */
  async function threadOf({ of = organization, id = uuidv7(), subject = 'Hello', ...part }: Part) {
    const mail = plainMail({ ...part, subject, text: `Mail ${id}\r\n` })
      .toString()
      .replace(/^Message-ID: .*$/m, `Message-ID: <${id}@mail.example>`);
    const message = await flow.message(of, await flow.receiveAndEnd(of, Buffer.from(mail)));
    return { id: `<${id}@mail.example>`, thread: message.threadId, by: message.threadBy };
  }

  test('is a new one for a mail that refers to nothing', async () => {
    const [one, two] = [await threadOf({}), await threadOf({})];
    expect(one).toMatchObject({ by: 'new', thread: expect.any(String) });
    expect(two.by).toBe('new');
    expect(two.thread).not.toBe(one.thread);
  });

  test('is that of a mail which References names, whatever the subjects', async () => {
    const first = await threadOf({ subject: 'The pump' });
    const reply = await threadOf({
      subject: 'Something else',
      from: 'Bob <bob@other.example>',
      headers: [`References: <unknown@mail.example> ${first.id}`],
    });
    expect(reply).toMatchObject({ thread: first.thread, by: 'references' });
  });

  test('is that of a mail which In-Reply-To names', async () => {
    const first = await threadOf({});
    const reply = await threadOf({ subject: 'Re: Hello', headers: [`In-Reply-To: ${first.id}`] });
    expect(reply).toMatchObject({ thread: first.thread, by: 'inReplyTo' });
  });

  test('is that of its replies, where those came first', async () => {
    const parent = uuidv7();
    const reply = await threadOf({ headers: [`In-Reply-To: <${parent}@mail.example>`] });
    const sibling = await threadOf({ headers: [`References: <${parent}@mail.example>`], from: 'Bob <b@b.example>' });
    const late = await threadOf({ id: parent, subject: 'The beginning' });
    expect(sibling).toMatchObject({ thread: reply.thread, by: 'references' });
    expect(late).toMatchObject({ thread: reply.thread, by: 'references' });
  });

  test('is found by the subject of a reply among those that share a participant', async () => {
    const first = await threadOf({ from: 'Carol <carol@c.example>', subject: 'Delivery of the valves' });
    const reply = await threadOf({ from: 'Carol <carol@c.example>', subject: 'AW: Re: Delivery  of the valves' });
    expect(reply).toMatchObject({ thread: first.thread, by: 'subject' });
    const copied = await threadOf({
      from: 'Dan <dan@d.example>',
      to: 'team@example.org, carol@c.example',
      subject: 'Re: delivery of the valves',
    });
    expect(copied).toMatchObject({ thread: first.thread, by: 'subject' });
  });

  test('is never found by the subject alone: strangers who write to one mailbox stay apart', async () => {
    const first = await threadOf({ from: 'Erin <erin@e.example>', subject: 'Invoice 2026' });
    const stranger = await threadOf({ from: 'Mallory <mallory@m.example>', subject: 'Re: Invoice 2026' });
    expect(stranger.by).toBe('new');
    expect(stranger.thread).not.toBe(first.thread);
  });

  test('is not found by the subject of a mail that is no reply', async () => {
    const from = 'Frank <frank@f.example>';
    const first = await threadOf({ from, subject: 'Weekly report' });
    expect((await threadOf({ from, subject: 'Weekly report' })).thread).not.toBe(first.thread);
  });

  test('becomes one with another when the mail between them arrives late', async () => {
    const from = 'Heidi <heidi@h.example>';
    const [between, last] = [uuidv7(), uuidv7()];
    const first = await threadOf({ from, subject: 'Drawings' });
    const reply = await threadOf({
      id: last,
      from,
      subject: 'Final',
      headers: [`In-Reply-To: <${between}@mail.example>`],
    });
    expect(reply.thread).not.toBe(first.thread);
    const late = await threadOf({ id: between, from, subject: 'Re: Drawings', headers: [`In-Reply-To: ${first.id}`] });
    expect(late).toMatchObject({ thread: first.thread, by: 'inReplyTo' });
    const [moved] = await owner.query('select thread_id from messages where message_id = $1', [`${last}@mail.example`]);
    expect(moved).toEqual({ thread_id: first.thread });
    const [kept] = await owner.query('select merged_into from threads where id = $1', [reply.thread]);
    expect(kept).toEqual({ merged_into: first.thread });
  });

  test('is not joined to another by a stranger who names both', async () => {
    const first = await threadOf({ from: 'Ivan <ivan@i.example>', subject: 'Offer' });
    const second = await threadOf({ from: 'Judy <judy@j.example>', subject: 'Contract' });
    await threadOf({ from: 'Mallory <mallory@m.example>', headers: [`References: ${first.id} ${second.id}`] });
    const kept = await owner.query('select merged_into from threads where id = any($1::uuid[])', [
      [first.thread, second.thread],
    ]);
    expect(kept).toEqual([{ merged_into: null }, { merged_into: null }]);
  });

  test('is never that of another organization', async () => {
    const other = await createOrganization(owner, 'thread.example');
    const first = await threadOf({ from: 'Grace <grace@g.example>', subject: 'Shared' });
    const reply = await threadOf({
      of: other,
      from: 'Grace <grace@g.example>',
      subject: 'Re: Shared',
      headers: [`In-Reply-To: ${first.id}`],
    });
    expect(reply.by).toBe('new');
    expect(reply.thread).not.toBe(first.thread);
  });
});

const HEAD =
  'From: a@sender.example\r\nTo: team@example.org\r\nSubject: Bad input\r\n' +
  'Date: Fri, 20 Nov 2026 00:00:00 +0000\r\nMessage-ID: <bad@sender.example>\r\nMIME-Version: 1.0\r\n';
const mail = (...rest: (string | Buffer)[]) =>
  Buffer.concat([Buffer.from(HEAD), ...rest.map((part) => Buffer.from(part))]);

/** Kept byte by byte, listed, ended, and marked with what could not be read. */
async function expectKept(bytes: Buffer, defects: string[]): Promise<void> {
  const id = await flow.receiveAndEnd(organization, bytes, 40_000);
  expect(await flow.rawHash(organization, id)).toBe(createHash('sha256').update(bytes).digest('hex'));
  const seen = await flow.message(organization, id);
  expect(isFinal(seen.status) && seen.status !== 'FAILED', `it ended ${seen.status}: ${seen.reason}`).toBe(true);
  const listed = await servers.read(organization, (sql) => listMessages(sql, {}, null, 100));
  expect(listed.map((message) => message.id)).toContain(id);
  const steps = await flow.steps(organization, id);
  expect(steps.filter(({ status }) => status === 'FAILED').map(({ name, error }) => [name, error])).toEqual([]);
  const parsing = steps.find(({ name }) => name === 'parsing')!;
  const found = (parsing.outcome!['defects'] as unknown as Defect[]).map(({ code }) => code);
  expect(found).toEqual(expect.arrayContaining(defects));
  expect(parsing.confidence).toBeLessThan(1);
}

describe('bad input is kept, visible, ended and marked:', () => {
  const nested = Array.from(
    { length: 10_000 },
    (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`,
  ).join('');

  const cases: [name: string, bytes: () => Buffer, defects: string[]][] = [
    [
      'malformed MIME',
      () =>
        mail('Content-Type: multipart/mixed; boundary=a\r\nno field at all\r\n\r\n--a\r\nContent-Type: text/\r\n\r\nx'),
      ['mime.unterminated', 'header.malformed'],
    ],
    [
      'a wrong charset',
      () =>
        mail('Content-Type: text/plain; charset=utf-8\r\n\r\n', Buffer.from('Gr\xfc\xdfe aus K\xf6ln\r\n', 'latin1')),
      ['body.charset'],
    ],
    ['10,000 nested parts', () => mail(`${nested}Content-Type: text/plain\r\n\r\ndeep\r\n`), ['mime.depth']],
    ['NUL bytes', () => mail('X-N: a\0b\r\nSubject: \0\r\n\r\na\0b\r\n'), ['message.nul']],
    [
      'neither Date nor From',
      () => Buffer.from('Subject: x\r\n\r\nbody\r\n'),
      ['header.from.missing', 'header.date.missing'],
    ],
    [
      'invalid UTF-8 in the header',
      () => mail('X-Odd: ', Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80]), '\r\n\r\nbody\r\n'),
      ['header.charset'],
    ],
    [
      'a header field twice',
      () => mail('From: other@evil.example\r\nSubject: second\r\n\r\nx\r\n'),
      ['header.duplicated'],
    ],
    ['an empty message', () => Buffer.alloc(0), ['message.empty']],
    ['one line of 30 MB', () => mail('\r\n', Buffer.alloc(30_000_000, 'x')), ['text.size']],
  ];

  test.each(cases)('%s', async (_name, bytes, defects) => {
    await expectKept(bytes(), defects);
  });
});

const bombs = testData('bombs');

test.skipIf(bombs.absent)(
  bombs.title('archives that would fill the disk are kept, marked and quarantined'),
  async (context) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'everpost-bombs-'));
    try {
      const python = promisify(execFile)('python3', [path.join(bombs.path, 'gen_bombs.py'), folder]);
      const missing = await python.then(
        () => false,
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT') throw error;
          return true;
        },
      );
      if (missing) return context.skip(lacking('python3'));
      for (const name of ['zipbomb-flat-200MB', 'zipbomb-nested4-16x', 'gzip-bomb-500MB']) {
        await expectKept(await readFile(path.join(folder, `${name}.eml`)), ['archive.bomb']);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
