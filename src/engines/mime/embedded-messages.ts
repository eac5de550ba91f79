import type { EmbeddedMessage } from '../../domain/parsed-message.js';
import type { DefectList } from './defect-list.js';
import { MessageFields } from './message-fields.js';
import type { Part } from './part.js';
import type { Readable } from './readable.js';

const MAX_MESSAGES = 100;
const MAX_TEXT = 16 * 1024;
/** Over all of them: they are copied between threads. */
const MAX_TEXTS = 128 * 1024;
const MAX_HEADERS = 128 * 1024;
const MAX_OWN_HEADERS = 32 * 1024;

/** Messages inside the message, each by its own header section. */
export function embeddedMessages(
  containers: readonly Part[],
  readables: readonly Readable[],
  defects: DefectList,
): EmbeddedMessage[] {
  let textLeft = MAX_TEXTS;
  let headersLeft = MAX_HEADERS;
  if (containers.length > MAX_MESSAGES) {
    defects.add('embedded.count', `There are ${containers.length} messages inside; ${MAX_MESSAGES} of them were read.`);
  }
  const messages: EmbeddedMessage[] = [];
  for (const container of containers.slice(0, MAX_MESSAGES)) {
    const root = container.children[0];
    if (root === undefined) continue;
    const fields = new MessageFields(root, defects);
    const headers = fields.headers(Math.min(headersLeft, MAX_OWN_HEADERS));
    for (const { value, raw } of headers) headersLeft -= value.length + (raw?.length ?? 0);
    headersLeft = Math.max(0, headersLeft);
    const text = readables
      .filter((readable) => readable.of === container && !readable.covered && readable.shown.trim() !== '')
      .map(({ shown }) => shown)
      .join('\n\n');
    const room = Math.min(textLeft, MAX_TEXT);
    if (text.length > room) {
      defects.add('embedded.size', `The text of the message in part ${container.path} was cut at ${room} characters.`);
    }
    textLeft -= Math.min(text.length, room);
    messages.push({
      part: container.path,
      subject: fields.subject(),
      from: fields.addresses('from'),
      to: fields.addresses('to'),
      date: fields.date()?.iso ?? null,
      messageId: fields.ids('message-id', 1)[0] ?? null,
      headers,
      text: text.slice(0, room),
    });
  }
  return messages;
}
