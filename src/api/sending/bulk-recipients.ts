import { createHash, type Hash } from 'node:crypto';
import type { GivenRecipient } from '../../adapters/outgoing/accept-outgoing.js';
import { missingFields, recipientFields } from '../../domain/outgoing/merge-fields.js';
import { wrongInput } from '../graphql/errors.js';
import type { UploadedFile } from '../graphql/upload.scalar.js';
import { namedAddress } from './mail-address.js';
import { readMergeFields } from './merge-values.js';
import { readRecipientsFile } from './recipients-file.js';

export interface BulkRecipientRequest {
  address: string;
  name?: string | null;
  mergeFields?: unknown;
}

export interface RefusedRow {
  row: number;
  address: string;
  problem: string;
}

/** Whom a message to many goes to, and whom it does not. */
export interface BulkRecipients {
  recipients: GivenRecipient[];
  duplicates: number;
  refusedCount: number;
  /** The first of them. */
  refused: RefusedRow[];
  /** SHA-256 over all that was given. */
  digest: Buffer;
}

export const MOST_BULK_RECIPIENTS = 100_000;
const SHOWN_REFUSED = 1_000;
const LONGEST_NAME = 200;
// A name stands in a header field.
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Reads recipients from a list and a file; who is wrong is left out and listed.
 *
 * @param asked fields that the text asks for: of the others nothing is kept; and those that it cannot do without
 * @throws ApiError BAD_USER_INPUT for a file that cannot be read, or for too many
 */
export async function readBulkRecipients(
  list: readonly BulkRecipientRequest[],
  file: UploadedFile | null,
  asked: { fields: ReadonlySet<string>; needed: ReadonlySet<string> },
): Promise<BulkRecipients> {
  const taken = new TakenRecipients(asked);
  for (const [index, { address, name, mergeFields }] of list.entries()) {
    taken.take({ row: index + 1, address, name: name ?? null, mergeFields, problem: null });
  }
  if (file !== null) for await (const row of readRecipientsFile(file)) taken.take(row);
  return taken.result();
}

interface GivenRow {
  row: number;
  address: string;
  name: string | null;
  mergeFields: unknown;
  problem: string | null;
}

class TakenRecipients {
  readonly #asked: { fields: ReadonlySet<string>; needed: ReadonlySet<string> };
  readonly #byAddress = new Map<string, GivenRecipient>();
  readonly #refused: RefusedRow[] = [];
  readonly #hash: Hash = createHash('sha256');
  #refusedCount = 0;
  #duplicates = 0;
  #rows = 0;

  constructor(asked: { fields: ReadonlySet<string>; needed: ReadonlySet<string> }) {
    this.#asked = asked;
  }

  take(given: GivenRow): void {
    this.#rows += 1;
    if (this.#rows > MOST_BULK_RECIPIENTS) {
      const problem = `must be at most ${MOST_BULK_RECIPIENTS} in one sending: send the rest with another`;
      throw wrongInput([{ field: 'recipients', problem }]);
    }
    const { address, name, mergeFields } = given;
    this.#hash.update(JSON.stringify([address, name, mergeFields ?? null]));
    const read = given.problem ?? this.#read(given);
    if (typeof read === 'string') {
      this.#refusedCount += 1;
      if (this.#refused.length < SHOWN_REFUSED) {
        this.#refused.push({ row: given.row, address: address.slice(0, 320), problem: read });
      }
    } else if (this.#byAddress.has(read.address)) this.#duplicates += 1;
    else this.#byAddress.set(read.address, read);
  }

  result(): BulkRecipients {
    return {
      recipients: [...this.#byAddress.values()],
      duplicates: this.#duplicates,
      refusedCount: this.#refusedCount,
      refused: this.#refused,
      digest: this.#hash.digest(),
    };
  }

  #read({ address: text, name: given, mergeFields }: GivenRow): GivenRecipient | string {
    const read = namedAddress(text);
    if ('problem' in read) return read.problem;
    const { address, destination } = read;
    const name = given ?? (read.name === '' ? null : read.name);
    if (name !== null && (name.length > LONGEST_NAME || CONTROL.test(name))) {
      return `must have a name of one line, at most ${LONGEST_NAME} characters`;
    }
    const own = readMergeFields(mergeFields, this.#asked.fields);
    if ('problem' in own) return own.problem;
    const all = recipientFields({ address, name, mergeFields: own.fields });
    const fields = Object.fromEntries(Object.entries(all).filter(([field]) => this.#asked.fields.has(field)));
    const missing = missingFields(this.#asked.needed, fields);
    if (missing.length > 0) return `no value for ${missing.slice(0, 10).join(', ')}, and the text has no fallback`;
    return { address, name, role: 'to', destination, mergeFields: fields };
  }
}
