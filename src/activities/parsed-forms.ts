import { LRUCache } from 'lru-cache';
import type { ParsedMessage } from '../domain/parsed-message.js';
import type { ClosedReason, Opening } from '../domain/protection.js';
import { isProtected, unopened } from '../engines/protection/recognise.js';

const KEPT_CHARACTERS = 32 * 1024 * 1024;

export interface ParsedFormsDeps {
  /** Off the event loop, with a deadline; rejects with a MessageFailure for a message that ends its parser. */
  parse: (bytes: Buffer) => Promise<ParsedMessage>;
  /** The same for a message that is encrypted or signed, with keys; tells why where it ended its thread. */
  open: (bytes: Buffer, opening: Opening) => Promise<ParsedMessage | ClosedReason>;
  readOpeningKeys: (organizationId: string) => Promise<Pick<Opening, 'keys' | 'sealed'>>;
}

export interface MessageToParse {
  organizationId: string;
  sha256: Buffer;
  receivedAt: string;
  /** Changes with the organization's keys. */
  keyVersion: string;
  bytes: () => Promise<Buffer>;
}

/**
 * Parsed forms by organization and content. What keys opened is served as long as they are the same: an organization
 * that has none, or has revoked one, never sees it.
 */
export class ParsedForms {
  readonly #deps: ParsedFormsDeps;
  readonly #kept = new LRUCache<string, { parsed: ParsedMessage; keyVersion: string | null }>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: ({ parsed }) => keptCharacters(parsed),
    ttl: 10 * 60_000,
  });

  constructor(deps: ParsedFormsDeps) {
    this.#deps = deps;
  }

  async read(message: MessageToParse): Promise<{ parsed: ParsedMessage; fromCache: boolean }> {
    const key = `${message.organizationId} ${message.sha256.toString('base64url')}`;
    const known = this.#kept.get(key);
    if (known !== undefined && (known.keyVersion === null || known.keyVersion === message.keyVersion)) {
      return { parsed: known.parsed, fromCache: true };
    }
    const bytes = await message.bytes();
    const read = await this.#deps.parse(bytes);
    const hasProtection = isProtected(read);
    const parsed = hasProtection ? await this.#opened(message, bytes, read) : read;
    this.#kept.set(key, { parsed, keyVersion: hasProtection ? message.keyVersion : null });
    return { parsed, fromCache: false };
  }

  async #opened(message: MessageToParse, bytes: Buffer, read: ParsedMessage): Promise<ParsedMessage> {
    const keys = await this.#deps.readOpeningKeys(message.organizationId);
    const opened = await this.#deps.open(bytes, { ...keys, receivedAt: message.receivedAt });
    return typeof opened === 'string' ? { ...read, protection: unopened(read, opened) } : opened;
  }
}

/** Near enough: what of a parsed form grows with its message. */
function keptCharacters(parsed: ParsedMessage): number {
  const texts = [parsed.text, parsed.html ?? '', parsed.newText, ...parsed.embedded.map(({ text }) => text)];
  const fields = [parsed.headers, ...parsed.embedded.map(({ headers }) => headers)].flat();
  return (
    4_096 +
    300 * parsed.parts +
    texts.reduce((sum, text) => sum + text.length, 0) +
    fields.reduce((sum, { value, raw }) => sum + value.length + (raw?.length ?? 0), 0)
  );
}
