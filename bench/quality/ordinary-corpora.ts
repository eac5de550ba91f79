import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Mails of the corpora of ordinary mail, byte-identical ones once, in one order. */
export interface OrdinaryMail {
  corpus: string;
  name: string;
  raw: Buffer;
}

export const ORDINARY_FOLDERS = [
  'mail-spamassassin',
  'spam-enron1',
  'sent-mail-aeslc',
  'classification-enron',
  'mime-nodemailer',
  'mime-james',
  'mime-mimekit',
  'mime-stalwart',
  'threads-bc3',
] as const;

/** Every corpus of ordinary mail at hand: no spam folder, and no test mail that is named after spam. */
export function* ordinaryMails(data: string): Generator<OrdinaryMail> {
  const seen = new Set<string>();
  for (const mail of allMails(data)) {
    const hash = createHash('sha256').update(mail.raw).digest('base64url');
    if (!seen.has(hash)) yield mail;
    seen.add(hash);
  }
}

function* allMails(data: string): Generator<OrdinaryMail> {
  for (const folder of ['easy-ham-1', 'easy-ham-2', 'hard-ham-1']) {
    for (const name of filesOf(join(data, 'mail-spamassassin', folder))) {
      const raw = readFileSync(join(data, 'mail-spamassassin', folder, name));
      yield { corpus: `mail-spamassassin ${folder}`, name: `${folder}/${name}`, raw: withoutMboxLine(raw) };
    }
  }
  for (const name of filesOf(join(data, 'spam-enron1/ham'))) {
    const [, subject = '', body = ''] =
      /^Subject: ?(.*)\r?\n([^]*)$/.exec(readFileSync(join(data, 'spam-enron1/ham', name), 'latin1')) ?? [];
    yield { corpus: 'spam-enron1 ham', name, raw: plainMail(subject, body) };
  }
  for (const part of ['train', 'dev']) {
    for (const line of readFileSync(join(data, `sent-mail-aeslc/${part}.jsonl`), 'utf8').split('\n')) {
      if (line === '') continue;
      const { id, subject, body } = JSON.parse(line) as { id: string; subject: string; body: string };
      yield { corpus: 'sent-mail-aeslc', name: id, raw: plainMail(subject, body) };
    }
  }
  for (const name of filesOf(join(data, 'classification-enron')).filter((file) => /^\d\/.*\.txt$/.test(file))) {
    yield { corpus: 'classification-enron', name, raw: readFileSync(join(data, 'classification-enron', name)) };
  }
  for (const folder of ORDINARY_FOLDERS.slice(4)) {
    for (const name of filesOf(join(data, folder)).filter((file) => /\.(?:eml|txt|msg)$/.test(file))) {
      const raw = readFileSync(join(data, folder, name));
      if (!/spam|phish|virus/i.test(name))
        yield { corpus: 'mime suites and threads-bc3', name: `${folder}/${name}`, raw };
    }
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

function withoutMboxLine(raw: Buffer): Buffer {
  return raw.subarray(0, 5).toString('latin1') === 'From ' ? raw.subarray(raw.indexOf(0x0a) + 1) : raw;
}

/** These corpora hold subjects and texts; the header is one that any colleague's mail could have. */
function plainMail(subject: string, body: string): Buffer {
  const oneLine = subject.replace(/[\r\n]+/g, ' ');
  return Buffer.from(
    `From: Colleague <colleague@example.com>\r\nTo: reader@example.com\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nSubject: ${oneLine}\r\n\r\n${body}`,
  );
}
