import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { dkimRecordText, type DkimAlgorithm } from '../../src/domain/domains/dkim-key.js';
import { signMessage, type DkimSigningKey } from '../../src/engines/signing/dkim.js';
import { withCrlf } from '../../src/engines/authentication/line-ends.js';
import { shareFigure, type QualityArea } from './quality-area.js';

const FOLDERS = ['mail-spamassassin/easy-ham-1', 'mail-spamassassin/hard-ham-1', 'mail-spamassassin/spam-2'];
const SUITES = ['mime-mimekit', 'mime-nodemailer', 'mime-rspamd', 'mime-stalwart'];
/** Signing and verifying each takes milliseconds; the corpus is ten times as large. */
const EVERY = 5;
const MAX_BYTES = 1024 * 1024;
const signTime = new Date('2026-11-20T10:00:00Z');
const domain = 'example.org';

/** Whether what is signed verifies by mailauth, for real mail and for the malformed mail of MIME suites. */
export const signing: QualityArea = {
  name: 'signing',
  needs: ['mail-spamassassin', ...SUITES],
  async measure(data) {
    const { keys, resolver } = zone();
    const ordinary = await mails(data, FOLDERS, EVERY);
    const odd = await mails(data, SUITES, 1);
    const figures = [];
    const refusals = new Map<string, number>();
    const differences: { case: string; reason: string }[] = [];
    for (const [what, files] of [
      ['mails of people, lists and spammers', ordinary],
      ['mails of MIME suites', odd],
    ] as const) {
      let [signed, verified] = [0, 0];
      for (const { name, bytes } of files) {
        const result = await signMessage(bytes, keys, { domain, signTime });
        if ('refused' in result) {
          refusals.set(result.refused, (refusals.get(result.refused) ?? 0) + 1);
          continue;
        }
        signed += 1;
        const message = Buffer.concat([Buffer.from(result.fields, 'latin1'), bytes]);
        const { results } = await dkimVerify(message, { resolver, curTime: signTime });
        const ours = results.slice(0, keys.length);
        if (ours.every(({ status }) => status.result === 'pass')) verified += 1;
        else
          differences.push({
            case: name,
            reason: ours.map(({ status }) => status.comment ?? status.result).join(', '),
          });
      }
      const name = `${what}: both signatures verify by mailauth, of ${files.length} of which ${signed} can be signed`;
      figures.push(shareFigure(name, verified, signed, 1));
    }
    for (const [reason, count] of refusals) differences.push({ case: `${count} mails are not signed`, reason });
    return { figures, differences };
  },
};

function zone() {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const ed25519 = generateKeyPairSync('ed25519');
  const made = [
    { selector: 'rsa', algorithm: 'rsa-sha256', pair: rsa, from: 0 },
    { selector: 'ed', algorithm: 'ed25519-sha256', pair: ed25519, from: -32 },
  ] as const;
  const keys = made.map(({ selector, algorithm, pair }): DkimSigningKey => {
    return { selector, algorithm: algorithm satisfies DkimAlgorithm, privateKey: pair.privateKey };
  });
  const records = new Map(
    made.map(({ selector, algorithm, pair, from }) => {
      const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(from).toString('base64');
      return [`${selector}._domainkey.${domain}`, dkimRecordText({ algorithm, publicKey })];
    }),
  );
  const resolver = async (name: string) => {
    const text = records.get(name);
    if (text === undefined) throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
    return [[text]];
  };
  return { keys, resolver };
}

/** With CRLF line ends, as they lie before they are signed; every n-th by name. */
async function mails(data: string, folders: readonly string[], every: number) {
  const found: { name: string; bytes: Buffer }[] = [];
  for (const folder of folders) {
    const files = (await readdir(path.join(data, folder), { recursive: true })).toSorted();
    for (const [index, file] of files.entries()) {
      const full = path.join(data, folder, file);
      const facts = await stat(full);
      if (index % every !== 0 || !facts.isFile() || facts.size > MAX_BYTES) continue;
      const bytes = await readFile(full);
      // An mbox begins with a line that is no field; what leaves never does.
      const start = bytes.toString('latin1', 0, 5) === 'From ' ? bytes.indexOf('\n') + 1 : 0;
      found.push({ name: `${folder}/${file}`, bytes: withCrlf(bytes.subarray(start)) });
    }
  }
  return found;
}
