import type { RspamdAnswer } from '../domain/run.js';

export interface ScanActivityDeps {
  /** The bytes of a message, trace fields first; null where the organization has no such message. */
  readMessage: (
    organizationId: string,
    messageId: string,
  ) => Promise<{ bytes: Buffer; session: RspamdEnvelope } | null>;
  askRspamd: (bytes: Buffer, envelope: RspamdEnvelope, signal: AbortSignal) => Promise<RspamdAnswer>;
  /** Ends when Temporal cancels the activity. */
  cancellation: () => AbortSignal;
}

export interface RspamdEnvelope {
  clientAddress: string | null;
  helo: string | null;
  mailFrom: string;
  recipients: string[];
}

/** Regular activities of the `scan` queue. */
export function createScanActivities(deps: ScanActivityDeps) {
  return {
    /** Safe to run twice: it asks and changes nothing. */
    async askRspamd(organizationId: string, messageId: string): Promise<RspamdAnswer> {
      const message = await deps.readMessage(organizationId, messageId);
      if (message === null) return { status: 'failed', error: 'the message is not there' };
      return deps.askRspamd(message.bytes, message.session, deps.cancellation());
    },
  };
}

export type ScanActivities = ReturnType<typeof createScanActivities>;
