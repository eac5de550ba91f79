import { domainToASCII } from 'node:url';
import { Context } from '@temporalio/activity';
import { createKeyLookupActivities } from '../activities/key-lookup.activities.js';
import { createPreparation } from '../activities/outgoing/create-preparation.js';
import { MailsInPreparation, type MailReading } from '../activities/outgoing/mails-in-preparation.js';
import type { OutgoingContext, OutgoingSteps } from '../activities/outgoing/outgoing-context.js';
import type { Preparation } from '../activities/outgoing/preparation.js';
import { compositionSteps } from '../activities/outgoing/steps/composition-steps.js';
import type { PhraseThreads } from '../adapters/composition/phrase-threads.js';
import type { Database } from '../adapters/database/database.js';
import type { createDnsResolver } from '../adapters/dns/resolver.js';
import { addressesToAsk, keepLookup } from '../adapters/mail-keys/key-lookups.js';
import { readProtectionKeys } from '../adapters/mail-keys/protection-keys.js';
import { readProtectionPolicy } from '../adapters/mail-keys/protection-policies.js';
import { createWkd } from '../adapters/mail-keys/wkd.js';
import { recordParsedFacts } from '../adapters/messages/parsed-facts.js';
import { readBlob } from '../adapters/messages/blobs.js';
import { readAnsweredMessage } from '../adapters/outgoing/answered-message.js';
import { readOutgoingRecipients } from '../adapters/outgoing/outgoing-facts.js';
import { readOutgoingRules } from '../adapters/outgoing/outgoing-rules.js';
import { predictForAuthor } from '../adapters/outgoing/phrases-of-author.js';
import { readSenderFacts } from '../adapters/outgoing/sender-facts.js';
import { readSendingPolicy } from '../adapters/outgoing/sending-policies.js';
import type { ParserPool } from '../adapters/parser-pool.js';
import { OUTGOING_VOCABULARY } from '../adapters/rules/expression-environment.js';
import { RuleQuestions } from '../adapters/rules/rule-evaluator.js';
import type { CompositionStep } from '../domain/outgoing/outgoing-pipeline.js';

export interface PreparationParts {
  database: Database;
  parser: ParserPool;
  phrases: PhraseThreads;
  secretKey: Buffer | null;
  hasOwnLinks: (context: OutgoingContext) => boolean;
}

/** Composition and preparation of outgoing mail put together from their parts. */
export function composePreparation({ database, parser, phrases, secretKey, hasOwnLinks }: PreparationParts): {
  preparation: Preparation;
  composition: Pick<OutgoingSteps, CompositionStep>;
} {
  const reading: MailReading = {
    read: ({ run, facts }) =>
      database.withOrganization(run.organizationId, async (sql) => {
        const [bytes, policy, rules, sender] = await Promise.all([
          readBlob(sql, facts.sha256),
          readSendingPolicy(sql),
          readOutgoingRules(sql),
          readSenderFacts(sql, run.messageId, facts.submittedBy),
        ]);
        return bytes === null ? null : { bytes, policy, rules, sender };
      }),
    parse: (bytes) => parser.parse(bytes),
    record: async ({ run, facts }, parsed) => {
      await recordParsedFacts(database, run, parsed, facts.receivedAt);
    },
    domainOf: domainOfAddress,
  };
  const preparation = createPreparation({
    ...reading,
    hasOwnLinks,
    asking: (facts) => {
      const questions = new RuleQuestions(facts, 'run', OUTGOING_VOCABULARY);
      return (rule) => questions.ask(rule, {});
    },
    protection: {
      readPolicy: (organizationId) => database.withOrganization(organizationId, readProtectionPolicy),
      readKeys: (organizationId, addresses, now) =>
        database.withOrganization(organizationId, (sql) =>
          readProtectionKeys(sql, secretKey, organizationId, addresses, now),
        ),
      readRecipients: (organizationId, messageId, most) =>
        database.withOrganization(organizationId, (sql) => readOutgoingRecipients(sql, messageId, most)),
      now: () => new Date(),
    },
  });
  const composition = compositionSteps({
    mails: new MailsInPreparation(reading),
    predict: (organizationId, author, draft) => predictForAuthor(database, phrases, organizationId, author, draft),
    readAnswered: (organizationId, ids) =>
      database.withOrganization(organizationId, (sql) => readAnsweredMessage(sql, ids)),
    parse: (bytes) => parser.parse(bytes),
  });
  return { preparation, composition };
}

/** The look-up of recipients' keys, for the `delivery` queue. */
export function composeKeyLookup({
  database,
  dns,
}: {
  database: Database;
  dns: ReturnType<typeof createDnsResolver> | null;
}) {
  return createKeyLookupActivities({
    wkd: dns === null ? null : createWkd({ resolve: dns }),
    addressesToAsk: (organizationId, addresses) =>
      database.withOrganization(organizationId, (sql) => addressesToAsk(sql, addresses)),
    keep: (organizationId, address, answer) =>
      database.withOrganization(organizationId, (sql) => keepLookup(sql, organizationId, address, answer)),
    cancellation: () => Context.current().cancellationSignal,
  });
}

/** In A-labels and small letters; what is no domain as it stands. */
export function domainOfAddress(address: string): string {
  const written = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return domainToASCII(written) || written;
}
