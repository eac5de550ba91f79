import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ClamdClient, type ClamdSettings } from '../../../src/adapters/clamd/clamd-client.js';
import { EICAR_SIGNATURE, startClamd } from '../../support/clamd.js';
import { eventually } from '../../support/eventually.js';
import { plainMail } from '../../support/messages.js';
import { findProgram } from '../../support/program.js';
import { infectedMail, mailWith, makeBombs } from '../../support/scanned-mails.js';
import { lacking } from '../../support/summary-reporter.js';
import { testData } from '../../support/test-data.js';

const never = new AbortController().signal;
const bombs = testData('bombs');
const clients: ClamdClient[] = [];
let clamd: Awaited<ReturnType<typeof startClamd>> | null = null;

beforeAll(async () => {
  if ((await findProgram('clamd')) !== null) clamd = await startClamd({ streamMaxLength: '2M' });
});
beforeEach((context) => {
  if (clamd === null) context.skip(lacking('clamd'));
});
afterEach(() => clients.splice(0).forEach((one) => one.close()));
afterAll(() => clamd?.stop());

function client(settings: Partial<ClamdSettings> = {}): ClamdClient {
  const made = new ClamdClient({ address: clamd!.address, ...settings });
  clients.push(made);
  return made;
}

test('clamd finds a virus in an attachment and passes what has none', async () => {
  const scanner = client();
  expect(await scanner.scan(infectedMail(), never)).toEqual({
    status: 'answered',
    verdict: 'infected',
    signature: EICAR_SIGNATURE,
    engine: expect.stringMatching(/^ClamAV \d/) as string,
  });
  expect(await scanner.scan(plainMail(), never)).toMatchObject({ verdict: 'clean', signature: null });
});

test('clamd answers over a Unix socket', async () => {
  const local = await startClamd({ unix: true });
  try {
    expect(await client({ address: local.address }).scan(infectedMail(), never)).toMatchObject({ verdict: 'infected' });
  } finally {
    await local.stop();
  }
});

test('many messages at the same time get each their own verdict', async () => {
  const scanner = client();
  const mails = Array.from({ length: 60 }, (_, number) =>
    number % 3 === 0 ? infectedMail() : mailWith(Buffer.alloc(number * 4_000, number)),
  );
  const verdicts = await Promise.all(mails.map((mail) => scanner.scan(mail, never)));
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(
    mails.map((_, number) => (number % 3 === 0 ? 'infected' : 'clean')),
  );
});

test('a stream above StreamMaxLength is unscannable, and the next message is scanned', async () => {
  const scanner = client();
  for (const size of [2_500_000, 12_000_000]) {
    expect(await scanner.scan(mailWith(Buffer.alloc(size, 7)), never)).toMatchObject({
      verdict: 'unscannable',
      signature: expect.stringMatching(/^(?:StreamMaxLength|scanner\.hangsUp)$/) as string,
    });
    expect(await scanner.scan(plainMail(), never)).toMatchObject({ verdict: 'clean' });
  }
});

test.skipIf(bombs.absent)(bombs.title('an archive beyond the limits of clamd is unscannable'), async () => {
  const made = await makeBombs();
  try {
    expect(await client().scan(await made.read('gzip-bomb-500MB.eml'), never)).toMatchObject({
      verdict: 'unscannable',
      signature: expect.stringMatching(/^Heuristics\.Limits\.Exceeded/) as string,
    });
  } finally {
    await made.remove();
  }
});

test.skipIf(bombs.absent)(
  bombs.title('a daemon that is killed in the middle of a scan fails that scan; restarted, it answers on'),
  async () => {
    const own = await startClamd();
    const made = await makeBombs();
    try {
      const scanner = client({ address: own.address });
      await scanner.scan(plainMail(), never);
      const scanning = scanner.scan(await made.read('zipbomb-flat-200MB.eml'), never);
      scanning.catch(() => undefined); // awaited below
      await eventually(async () => {
        const files = await readdir(own.folder);
        expect(files.filter((name) => name.startsWith('clamav-'))).not.toEqual([]);
      });
      await own.kill();
      await expect(scanning).rejects.toThrow(/ECONNREFUSED|ECONNRESET|clamd (?:broke off|closed)/);
      await expect(scanner.scan(plainMail(), never)).rejects.toThrow(/ECONNREFUSED/);
      await own.start();
      expect(await scanner.scan(infectedMail(), never)).toMatchObject({ verdict: 'infected' });
    } finally {
      await own.stop();
      await made.remove();
    }
  },
);

test('a daemon that was started anew while a connection was kept is asked over a new one', async () => {
  const own = await startClamd();
  try {
    const scanner = client({ address: own.address });
    expect(await scanner.scan(plainMail(), never)).toMatchObject({ verdict: 'clean' });
    await own.kill();
    await own.start();
    expect(await scanner.scan(infectedMail(), never)).toMatchObject({ verdict: 'infected' });
  } finally {
    await own.stop();
  }
});
