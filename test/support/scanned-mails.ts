import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { EICAR } from './clamd.js';
import { plainMail } from './messages.js';
import { testData } from './test-data.js';

/** A mail with one attachment in base64. */
export function mailWith(content: Buffer, filename = 'figures.bin', subject = 'The figures'): Buffer {
  const lines = content.toString('base64').replace(/.{76}/g, '$&\r\n');
  const head = plainMail({ subject, text: '' })
    .toString('latin1')
    .replace('Content-Type: text/plain; charset=utf-8', 'Content-Type: multipart/mixed; boundary=part');
  return Buffer.from(
    `${head}--part\r\nContent-Type: text/plain\r\n\r\nHere they are.\r\n--part\r\n` +
      `Content-Type: application/octet-stream; name="${filename}"\r\nContent-Transfer-Encoding: base64\r\n` +
      `Content-Disposition: attachment; filename="${filename}"\r\n\r\n${lines}\r\n--part--\r\n`,
    'latin1',
  );
}

/** The test string as an attachment, which only who decodes the mail finds. */
export function infectedMail(): Buffer {
  return mailWith(Buffer.from(EICAR), 'report.txt');
}

/** The mails of ../shared/data/bombs, made by its own program. */
export async function makeBombs(): Promise<{ read(name: string): Promise<Buffer>; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-bombs-'));
  await promisify(execFile)('python3', [path.join(testData('bombs').path, 'gen_bombs.py'), folder]);
  return {
    read: (name) => readFile(path.join(folder, name)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The test string for spam filters. */
export const GTUBE = ['XJS*C4JDBQADN1.NSBN3*2IDNEN', '*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'].join('');
