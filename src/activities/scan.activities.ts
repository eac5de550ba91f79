import type { SpamAnswer, VirusAnswer } from '../domain/scans.js';

export interface ScanActivityDeps {
  /** The bytes of a message, trace fields first; null where the organization has no such message. */
  readMessage: (organizationId: string, messageId: string) => Promise<ScannedMessage | null>;
  /** By scanner, for those that this worker knows the address of. Each rejects where it has no answer. */
  clamd: ((message: ScannedMessage, canceled: AbortSignal) => Promise<VirusAnswer>) | null;
  rspamd: ((message: ScannedMessage, canceled: AbortSignal) => Promise<SpamAnswer>) | null;
  spamassassin: ((message: ScannedMessage, canceled: AbortSignal) => Promise<SpamAnswer>) | null;
  /** Ends when Temporal cancels the activity. */
  cancellation: () => AbortSignal;
}

export interface ScannedMessage {
  bytes: Buffer;
  session: { clientAddress: string | null; helo: string | null; mailFrom: string; recipients: string[] };
}

/** Regular activities of the `scan` queue. */
export function createScanActivities(deps: ScanActivityDeps) {
  const shared = new SharedReads(deps.readMessage);

  async function ask<Answer>(
    setting: string,
    scanner: ((message: ScannedMessage, canceled: AbortSignal) => Promise<Answer>) | null,
    organizationId: string,
    messageId: string,
  ): Promise<Answer | { status: 'failed'; error: string }> {
    if (scanner === null) return { status: 'failed', error: `${setting} is not set where this was asked` };
    return shared.during(organizationId, messageId, async (message) => {
      if (message === null) return { status: 'failed', error: 'the message is not there' };
      return scanner(message, deps.cancellation());
    });
  }

  return {
    /** Safe to run twice: it asks and changes nothing. */
    askClamd: (organizationId: string, messageId: string): Promise<VirusAnswer> =>
      ask('CLAMD_ADDRESS', deps.clamd, organizationId, messageId),

    /** Safe to run twice: it asks and changes nothing. */
    askRspamd: (organizationId: string, messageId: string): Promise<SpamAnswer> =>
      ask('RSPAMD_URL', deps.rspamd, organizationId, messageId),

    /** Safe to run twice: it asks and changes nothing. */
    askSpamAssassin: (organizationId: string, messageId: string): Promise<SpamAnswer> =>
      ask('SPAMD_ADDRESS', deps.spamassassin, organizationId, messageId),
  };
}

export type ScanActivities = ReturnType<typeof createScanActivities>;

/** Scanners that are asked of a message side by side share one copy of its bytes. */
class SharedReads {
  readonly #reading = new Map<string, { message: Promise<ScannedMessage | null>; readers: number }>();
  readonly #read: ScanActivityDeps['readMessage'];

  constructor(read: ScanActivityDeps['readMessage']) {
    this.#read = read;
  }

  async during<Result>(
    organizationId: string,
    messageId: string,
    use: (message: ScannedMessage | null) => Promise<Result>,
  ): Promise<Result> {
    const key = `${organizationId} ${messageId}`;
    const entry = this.#reading.get(key) ?? { message: this.#read(organizationId, messageId), readers: 0 };
    this.#reading.set(key, entry);
    entry.readers++;
    try {
      return await use(await entry.message);
    } finally {
      entry.readers--;
      if (entry.readers === 0) this.#reading.delete(key);
    }
  }
}
