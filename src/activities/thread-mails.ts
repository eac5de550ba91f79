import type { ThreadMailRecord } from '../adapters/messages/read-thread-mails.js';
import type { EffectiveAi } from '../domain/ai-settings.js';
import type { ParsedMessage } from '../domain/parsed-message.js';
import { MODEL_MAILS, withheldFromModel, type LeftOutMail } from '../domain/thread-answer.js';
import { analyseContent } from '../engines/content/analyse-content.js';
import { namesOf } from '../engines/prompts/prompt-mail.js';

export interface ThreadMailDeps {
  /** Of those ids the ones that are still delivered and there, in the order of their receipt. */
  readMails: (organizationId: string, ids: readonly string[]) => Promise<ThreadMailRecord[]>;
  readBytes: (organizationId: string, sha256: Buffer) => Promise<Buffer>;
  /** Without keys; null for a mail that its parser does not survive. */
  parse: (bytes: Buffer) => Promise<ParsedMessage | null>;
}

/** A mail of a thread as a model may be asked about it. */
export interface ReadThreadMail {
  record: ThreadMailRecord;
  parsed: ParsedMessage;
}

export interface ReadThread {
  mails: ReadThreadMail[];
  leftOut: LeftOutMail[];
}

/**
 * The mails of a thread that a model may be shown, in their order: nothing that arrived encrypted, nothing dangerous, and
 * none that gives orders to models, unless the operator wants it so. Null where one of them is gone meanwhile.
 */
export async function readThread(
  deps: ThreadMailDeps,
  organizationId: string,
  ids: readonly string[],
  { promptInjection }: Pick<EffectiveAi, 'promptInjection'>,
): Promise<ReadThread | null> {
  const records = await deps.readMails(organizationId, ids);
  if (records.length !== ids.length) return null;
  const leftOut: LeftOutMail[] = [];
  const shown = records.filter((record) => {
    const reason = withheldFromModel(record, promptInjection);
    if (reason !== null) leftOut.push({ messageId: record.id, reason });
    return reason === null;
  });
  const tooMany = shown.slice(1, Math.max(1, shown.length - MODEL_MAILS + 1));
  leftOut.push(...tooMany.map(({ id }) => ({ messageId: id, reason: 'tooMany' as const })));
  const mails: ReadThreadMail[] = [];
  for (const record of shown) {
    if (tooMany.includes(record)) continue;
    const parsed = await deps.parse(await deps.readBytes(organizationId, record.sha256));
    if (parsed === null) leftOut.push({ messageId: record.id, reason: 'unreadable' });
    else if (parsed.newText.trim() !== '') mails.push({ record, parsed });
  }
  return { mails, leftOut };
}

/** Names of people to be hidden, where they are: of the header fields, and found in the texts. */
export function namesInThread(mails: readonly ReadThreadMail[], { redactNames }: EffectiveAi): string[] {
  if (!redactNames) return [];
  const names = mails.flatMap(({ record, parsed }) => {
    const at = { now: new Date(record.receivedAt), timeZone: 'UTC' };
    const { entities } = analyseContent(parsed, record.language, 'person', at).outcome;
    return [...namesOf(parsed), ...entities.filter(({ kind }) => kind === 'person').map(({ text }) => text)];
  });
  return [...new Set(names)];
}
