import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailTypes } from '../../../src/engines/content/mail-type.js';
import { questionsIn } from '../../../src/engines/content/questions.js';
import { wordsOf } from '../../../src/engines/language/phrases.js';
import { sentencesOf } from '../../../src/engines/language/sentences.js';
import { readable } from '../../../src/engines/language/text-bounds.js';
import { mailFeatureSource } from '../../../src/engines/learning/mail-features.js';
import { packFeatures } from '../../../src/engines/learning/packed-features.js';
import { featuresOf } from '../../../src/engines/learning/text-features.js';
import { shuffled } from '../../../src/engines/learning/shuffle.js';
import { hasHeaderField } from '../../../src/engines/content/header-fields.js';
import { mailOrigin } from '../../../src/engines/content/mail-origin.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { meaningOfMail } from '../meaning.js';
import { enronMails } from '../classification/labelled-sets.js';

/** A mail of a simulated mailbox: what people call it, what the rules say of it, and what learning keeps of it. */
export interface LabelledMail {
  label: string;
  rules: ReadonlyMap<string, number>;
  features: Uint8Array;
}

export const MAILBOX_SEED = 20_261_121;
const LIST_FIELDS = ['List-Id', 'List-Post', 'List-Unsubscribe', 'Mailing-List', 'X-Mailing-List'];

interface RawMail {
  raw: Buffer;
  /** Null: a wanted mail of SpamAssassin's corpus, `list` or `personal` by its header section. */
  label: string | null;
}

/**
 * Eight labels: Enron's six genres (personal mail together with SpamAssassin's), SpamAssassin's spam and its mailing lists.
 * Mails are drawn from both as they come, without duplicates, in the order of the seed.
 */
export async function simulatedMailbox(data: string, mails: number, seed = MAILBOX_SEED): Promise<LabelledMail[]> {
  const enron = enronMails(data).map(({ raw, label }): RawMail => ({ raw, label }));
  return read(shuffled([...enron, ...spamAssassin(data)], seed), mails);
}

/** Enron's genres alone. */
export async function genres(data: string, seed = MAILBOX_SEED): Promise<LabelledMail[]> {
  const enron = enronMails(data).map(({ raw, label }): RawMail => ({ raw, label }));
  return read(shuffled(enron, seed), enron.length);
}

async function read(order: readonly RawMail[], mails: number): Promise<LabelledMail[]> {
  const seen = new Set<string>();
  const mailbox: LabelledMail[] = [];
  for (const { raw, label } of order) {
    if (mailbox.length >= mails) break;
    const parsed = await parseMessage(raw);
    const plain = `${parsed.subject} ${parsed.newText}`.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
    const key = createHash('sha256').update(plain).digest('hex');
    if (seen.has(key)) continue;
    seen.add(key);
    const origin = mailOrigin(parsed, { mailFrom: parsed.from[0]?.address ?? '' });
    const text = readable(parsed.newText);
    const rules = mailTypes({
      parsed,
      origin,
      language: 'en',
      subjectWords: wordsOf(parsed.subject),
      textWords: wordsOf(text),
      questions: questionsIn(sentencesOf(text, 'en')),
    });
    const isList = LIST_FIELDS.some((name) => hasHeaderField(parsed, name));
    mailbox.push({
      label: label ?? (isList ? 'list' : 'personal'),
      rules,
      features: packFeatures(
        featuresOf(mailFeatureSource(parsed, origin, meaningOfMail(parsed.subject, parsed.newText))),
      ),
    });
  }
  return mailbox;
}

function spamAssassin(data: string): RawMail[] {
  const folder = (name: string, label: string | null): RawMail[] =>
    readdirSync(join(data, 'mail-spamassassin', name))
      .filter((file) => file.endsWith('.txt'))
      .toSorted()
      .map((file) => ({ raw: readFileSync(join(data, 'mail-spamassassin', name, file)), label }));
  return [
    ...folder('spam-1', 'spam'),
    ...folder('spam-2', 'spam'),
    ...folder('easy-ham-1', null),
    ...folder('easy-ham-2', null),
    ...folder('hard-ham-1', null),
  ];
}
