import { LRUCache } from 'lru-cache';
import type { Database } from '../adapters/database/database.js';
import { readReturnPath } from '../adapters/domains/return-path.js';
import { reportToSender, type ReportMail, type Told } from '../adapters/outgoing/delivery-reports.js';
import type { OutgoingFacts } from '../adapters/outgoing/outgoing-facts.js';
import { domainInAscii } from '../adapters/outgoing/recipient-address.js';
import type { ClaimedRecipient } from '../adapters/outgoing/recipient-claims.js';
import { chooseTimes } from '../adapters/signals/choose-times.js';
import { suppressFailed, suppressRecipients } from '../adapters/signals/suppress-recipients.js';
import { LONGEST_TRACKED_URL, TrackingTokens } from '../adapters/signed-tokens/tracking-tokens.js';
import { VerpAddresses } from '../adapters/signed-tokens/verp.js';
import { readOptedOut } from '../adapters/tracking/record-hits.js';
import type { OutgoingContext } from '../activities/outgoing/outgoing-context.js';
import type { ReturnPath } from '../domain/domains/return-path.js';
import { OUTGOING_STEPS_BY_STAGE } from '../domain/outgoing/outgoing-pipeline.js';
import { linksOf } from '../domain/outgoing/mail-links.js';
import { readOutgoingSettings } from '../adapters/outgoing/outgoing-store.js';
import { deliveryReport } from '../engines/outgoing/delivery-report.js';
import { isSealed, trackedMessage, withUnsubscription } from '../engines/outgoing/tracked-message.js';
import type { OutgoingSettings } from '../domain/outgoing/outgoing-settings.js';

export interface SignalParts {
  database: Database;
  secretKey: Buffer | null;
  /** EVERPOST_PUBLIC_URL; null: mail has no links to us. */
  publicUrl: string | null;
  /** How we name ourselves. */
  hostname: string;
  giveUpMs: number;
}

const REMEMBERED_MS = 10_000;

/** What of outgoing mail makes answers come back to it, and what is done about them. */
export function composeSignals(parts: SignalParts) {
  const { database, secretKey, giveUpMs } = parts;
  const verp = secretKey === null ? null : new VerpAddresses(secretKey);
  const paths = new LRUCache<string, { path: ReturnPath | null }>({ max: 5_000, ttl: REMEMBERED_MS });
  const choices = new LRUCache<string, { settings: OutgoingSettings; optedOut: ReadonlySet<string> }>({
    max: 500,
    ttl: REMEMBERED_MS,
  });
  const compose = (mail: ReportMail) => deliveryReport({ ...mail, reportingMta: parts.hostname });
  const tell = (organizationId: string, messageId: string, told: Told, late: boolean) =>
    database.withOrganization(organizationId, (sql) =>
      reportToSender(sql, messageId, { told, late, giveUpMs, compose, now: new Date() }),
    );

  async function returnPath(organizationId: string, domain: string): Promise<ReturnPath | null> {
    const known = paths.get(`${organizationId} ${domain}`);
    if (known !== undefined) return known.path;
    const path = await database.withOrganization(organizationId, (sql) => readReturnPath(sql, domain));
    paths.set(`${organizationId} ${domain}`, { path });
    return path;
  }

  async function choicesFor(organizationId: string, messageId: string) {
    const known = choices.get(messageId);
    if (known !== undefined) return known;
    const read = await database.withOrganization(organizationId, async (sql) => ({
      settings: (await readOutgoingSettings(sql, null)).settings,
      optedOut: await readOptedOut(sql, messageId),
    }));
    choices.set(messageId, read);
    return read;
  }

  const tokens = secretKey === null || parts.publicUrl === null ? null : new TrackingTokens(secretKey);
  const linkTo = (path: string) => `${parts.publicUrl!.replace(/\/+$/, '')}/t/${path}`;

  return {
    tell,
    chooseTimes: ({ run, facts, organization }: OutgoingContext) =>
      chooseTimes(
        database,
        {
          organizationId: run.organizationId,
          messageId: run.messageId,
          sendAt: facts.sendAt,
          undoUntil: facts.undoUntil,
          timeZone: organization.timeZone,
          quietHours: organization.settings.quietHours,
        },
        new Date(),
      ),

    suppress: ({ run }: OutgoingContext) =>
      database.withOrganization(run.organizationId, (sql) => suppressRecipients(sql, run.messageId)),

    /** Safe to run twice: rows say who was told and what was counted. */
    async conclude(context: OutgoingContext): Promise<void> {
      const { organizationId, messageId } = context.run;
      if (wasRefused(context)) {
        await tell(organizationId, messageId, 'refused', false);
        return;
      }
      await database.withOrganization(organizationId, (sql) => suppressFailed(sql, messageId));
      await tell(organizationId, messageId, 'failed', false);
    },

    /** Under VERP an address of the recipient's own; the null sender stays it. */
    async mailFrom(organizationId: string, { mailFrom }: OutgoingFacts, recipientId: string): Promise<string> {
      const at = mailFrom.lastIndexOf('@');
      if (verp === null || at < 1) return mailFrom;
      const path = await returnPath(organizationId, domainInAscii(mailFrom.slice(at + 1)));
      return path?.mode === 'VERP' ? verp.write(organizationId, recipientId, path.host) : mailFrom;
    },

    /** Whether each recipient's bytes have links of their own. */
    hasOwnLinks: ({ facts, organization }: OutgoingContext): boolean => {
      if (tokens === null) return false;
      const { opens, clicks, unsubscription } = linksOf(facts, organization.settings);
      return opens || clicks || unsubscription;
    },

    /** Where a recipient of the message unsubscribes; null where it cannot. */
    async unsubscribeUrl(organizationId: string, facts: OutgoingFacts, recipientId: string): Promise<string | null> {
      if (tokens === null) return null;
      const { settings } = await choicesFor(organizationId, facts.messageId);
      if (!linksOf(facts, settings).unsubscription) return null;
      return linkTo(`u/${tokens.write('unsubscribe', { organizationId, recipientId, url: '' })}`);
    },

    /** Puts a recipient's own links into its bytes: unsubscription, and tracking where it was turned on. */
    async withLinks(
      { organizationId, facts, bytes }: { organizationId: string; facts: OutgoingFacts; bytes: Buffer },
      to: Pick<ClaimedRecipient, 'id' | 'address'>,
    ): Promise<Buffer> {
      if (tokens === null) return bytes;
      const { settings, optedOut } = await choicesFor(organizationId, facts.messageId);
      const links = linksOf(facts, settings);
      const write = (use: 'open' | 'click' | 'unsubscribe', url: string) =>
        tokens.write(use, { organizationId, recipientId: to.id, url });
      let out = bytes;
      const tracked = !optedOut.has(to.address.toLowerCase()) && (links.opens || links.clicks);
      if (tracked && !isSealed(out)) {
        out = trackedMessage(out, {
          linkFor: links.clicks
            ? (url) =>
                url.length > LONGEST_TRACKED_URL || url.startsWith(linkTo(''))
                  ? null
                  : linkTo(`c/${write('click', url)}`)
            : null,
          pixel: links.opens ? linkTo(`o/${write('open', '')}.gif`) : null,
        });
      }
      return links.unsubscription ? withUnsubscription(out, { url: linkTo(`u/${write('unsubscribe', '')}`) }) : out;
    },
  };
}

/** Preparation refused it: nobody gets it. */
function wasRefused(context: OutgoingContext): boolean {
  return OUTGOING_STEPS_BY_STAGE.preparation.some((name) => context.outcome(name)?.verdict === 'refuse');
}
