import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Database } from '../../adapters/database/database.js';
import {
  optOutOfTracking,
  readTrackedRecipient,
  recordHit,
  unsubscribe,
  type TrackedRecipient,
} from '../../adapters/tracking/record-hits.js';
import type { TrackingToken } from '../../adapters/signed-tokens/tracking-tokens.js';
import { LOGGER } from '../logger.js';
import { HitRates } from './hit-rates.js';
import { TrackingAccess } from './tracking-access.js';

/** What of a request says who made it. */
export interface Visitor {
  method: string;
  userAgent: string | null;
  /** Whether it asks not to be tracked: DNT, or Sec-GPC. */
  private: boolean;
}

@Injectable()
export class TrackingService {
  readonly #rates = new HitRates();

  constructor(
    private readonly database: Database,
    private readonly access: TrackingAccess,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Counts the picture of a mail; a token that is none of ours counts nothing. */
  async opened(token: string, visitor: Visitor): Promise<void> {
    const read = this.access.tokens?.read('open', token) ?? null;
    if (read !== null) await this.#count('open', read, visitor);
  }

  /** Where a link leads, once the click is counted; null for a token that is none of ours. */
  async clicked(token: string, visitor: Visitor): Promise<string | null> {
    const read = this.access.tokens?.read('click', token) ?? null;
    const target = read === null ? null : httpUrl(read.url);
    if (read === null || target === null) return null;
    await this.#count('click', read, visitor);
    return target;
  }

  /** The recipient whose link this is; null for a token that is none of ours, or whose mail is gone. */
  async recipientOf(token: string): Promise<TrackedRecipient | null> {
    const read = this.access.tokens?.read('unsubscribe', token) ?? null;
    if (read === null) return null;
    return this.database.withOrganization(read.organizationId, (sql) => readTrackedRecipient(sql, read.recipientId));
  }

  unsubscribe(recipient: TrackedRecipient, by: string): Promise<void> {
    return this.database.withOrganization(recipient.organizationId, (sql) => unsubscribe(sql, recipient, by));
  }

  optOut(recipient: TrackedRecipient): Promise<void> {
    return this.database.withOrganization(recipient.organizationId, (sql) => optOutOfTracking(sql, recipient));
  }

  /** What cannot be counted now is answered all the same: the reader waits for a page, not for us. */
  async #count(use: 'open' | 'click', { organizationId, recipientId, url }: TrackingToken, visitor: Visitor) {
    if (visitor.private || !this.#rates.take(recipientId, Date.now())) return;
    const link = use === 'open' ? '' : createHash('sha256').update(url).digest('base64url').slice(0, 16);
    const { method, userAgent } = visitor;
    try {
      await this.database.withOrganization(organizationId, async (sql) => {
        const recipient = await readTrackedRecipient(sql, recipientId);
        if (recipient === null || recipient.optedOut) return;
        await recordHit(sql, recipient, { use, method, userAgent, url, link, at: new Date() });
      });
    } catch (error) {
      this.logger.warn({ err: error }, 'an open or a click could not be counted');
    }
  }
}

/** Whatever a token says, nothing but a web page is redirected to. */
function httpUrl(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? href : null;
}
