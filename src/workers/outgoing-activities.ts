import { Context } from '@temporalio/activity';
import type { Database } from '../adapters/database/database.js';
import { isUnreachable } from '../adapters/database/unreachable.js';
import { createDeliveryFigures } from '../adapters/outgoing/delivery-figures.js';
import { DeliveryWriter } from '../adapters/outgoing/delivery-writer.js';
import { readStanding } from '../adapters/outgoing/outgoing-facts.js';
import {
  abandonOutgoing,
  cancelDestination,
  holdRecipients,
  readOutgoingRun,
  readOutgoingSettings,
  readPrepared,
  readVariant,
  tellProgress,
} from '../adapters/outgoing/outgoing-store.js';
import { claimRecipients, settleInterrupted } from '../adapters/outgoing/recipient-claims.js';
import type { RunJournal } from '../adapters/runs/journal.js';
import type { StepGate } from '../adapters/runs/step-gate.js';
import type { OutgoingTransport } from '../adapters/transport/create-transport.js';
import { createDeliveryActivities } from '../activities/outgoing/delivery.activities.js';
import { OutgoingContexts } from '../activities/outgoing/outgoing-contexts.js';
import { createOutgoingActivities } from '../activities/outgoing/outgoing.activities.js';
import type { OutgoingSteps } from '../activities/outgoing/outgoing-context.js';
import { OutgoingStanding } from '../adapters/outgoing/outgoing-standing.js';
import { fillForRecipient } from '../activities/outgoing/fill-for-recipient.js';
import { RecipientContent, type RecipientContentDeps } from '../activities/outgoing/recipient-content.js';
import { deliverySteps } from '../activities/outgoing/steps/delivery-steps.js';
import { optimizationSteps } from '../activities/outgoing/steps/optimization-steps.js';
import type { Reply } from '../domain/onward.js';
import { SigningKeys } from '../adapters/domains/signing-keys.js';
import { DkimSigner } from '../activities/dkim-signer.js';
import type { PhraseThreads } from '../adapters/composition/phrase-threads.js';
import type { ParserPool } from '../adapters/parser-pool.js';
import { configuredScanners, type ScannerSettings } from '../adapters/scanners/scanners.js';
import { classifyReason } from '../engines/reports/classify-reason.js';
import { composePreparation, domainOfAddress } from './outgoing-preparation.js';
import { composeSignals } from './outgoing-signals.js';

export type OutgoingSignals = ReturnType<typeof composeSignals>;

export interface OutgoingParts {
  database: Database;
  journal: RunJournal;
  gate: StepGate;
  transport: OutgoingTransport;
  secretKey: Buffer | null;
  /** EVERPOST_PUBLIC_URL. */
  publicUrl: string | null;
  /** How we name ourselves to others. */
  hostname: string;
  parser: ParserPool;
  phrases: PhraseThreads;
  scanners: ScannerSettings;
  /** Milliseconds between attempts. */
  retriesMs: readonly number[];
  giveUpMs: number;
  /** Conversations of one activity at the same time. */
  conversations: number;
}

/** The outgoing flow put together from its parts: its activities of a build, by queue. */
export function composeOutgoing(parts: OutgoingParts) {
  const { database, journal, gate, transport, secretKey } = parts;
  const schedule = { retriesMs: parts.retriesMs, giveUpMs: parts.giveUpMs };
  const now = () => new Date();
  const contexts = new OutgoingContexts((run, recipients) => readOutgoingRun(database, run, recipients));
  const standing = new OutgoingStanding(database, journal, now);
  const writer = new DeliveryWriter(database);
  const figures = createDeliveryFigures(database);
  const signing = new SigningKeys(database, secretKey);
  const dkim = new DkimSigner(signing);
  const signals = composeSignals({
    database,
    secretKey,
    publicUrl: parts.publicUrl,
    hostname: parts.hostname,
    giveUpMs: parts.giveUpMs,
  });
  const { preparation, composition } = composePreparation({
    database,
    parser: parts.parser,
    phrases: parts.phrases,
    secretKey,
    hasOwnLinks: (context) => signals.hasOwnLinks(context),
  });
  const definitions: OutgoingSteps = {
    ...composition,
    ...preparation.steps,
    ...optimizationSteps({
      figures,
      chooseRoutes: (organizationId, destinations) =>
        Promise.all(
          destinations.map(async (one) => {
            const { route, explanation: reason } = await transport.chooseRoute(organizationId, one.destination);
            return { ...one, route, reason };
          }),
        ),
      chooseTimes: (context) => signals.chooseTimes(context),
      suppress: (context) => signals.suppress(context),
      schedule,
      now,
    }),
    ...deliverySteps(figures),
  };
  const content: RecipientContentDeps = {
    sign: (mail) => dkim.sign(mail),
    authorDomain: ({ author }) => (author === null ? null : domainOfAddress(author) || null),
    mailFrom: (organizationId, facts, recipientId) => signals.mailFrom(organizationId, facts, recipientId),
    personalize: async (mail, to) => {
      const { organizationId, facts } = mail;
      const own = { unsubscribeUrl: await signals.unsubscribeUrl(organizationId, facts, to.id) };
      const filled = fillForRecipient(facts, mail.bytes, to, own);
      if (filled.result === 'impossible') return filled;
      return { result: 'personalized', bytes: await signals.withLinks({ ...mail, bytes: filled.bytes }, to) };
    },
    read: (organizationId, messageId) => readPrepared(database, organizationId, messageId),
    readVariant: (organizationId, sha256) => readVariant(database, organizationId, sha256),
  };
  return {
    signals,
    abandon: (organizationId: string, messageId: string, reason: string) =>
      database.withOrganization(organizationId, (sql) => abandonOutgoing(sql, messageId, reason)),
    mail: (buildId: string) =>
      createOutgoingActivities({
        journal,
        definitions,
        ask: ({ run, readAt }) =>
          gate.ask({ organizationId: run.organizationId, runId: run.runId, readAt, inputHash: null, cacheHours: 0 }),
        isOutage: isUnreachable,
        observe: () => undefined,
        contexts,
        standing,
        scanners: configuredScanners(parts.scanners).filter((name) => name === 'clamd'),
        wantsKeys: (context) => preparation.wantsKeys(context),
        prepared: async (context) => {
          const made = await preparation.prepared(context);
          return made === null ? null : { ...made, personal: made.personal || signals.hasOwnLinks(context) };
        },
        conclude: (context) => signals.conclude(context),
        buildId,
      }),
    delivery: () =>
      createDeliveryActivities({
        claims: {
          settleInterrupted: (scope, retriesDoubt) => settleInterrupted(database, scope, retriesDoubt),
          take: (scope, most, at) => claimRecipients(database, scope, most, at),
        },
        writer,
        standing: ({ organizationId, messageId, destination }) =>
          database.withOrganization(organizationId, (sql) => readStanding(sql, messageId, destination)),
        cancel: ({ organizationId, messageId, destination }, reason) =>
          database.withOrganization(organizationId, (sql) => cancelDestination(sql, messageId, destination, reason)),
        hold: (organizationId, messageId, reason) =>
          database.withOrganization(organizationId, async (sql) => {
            await holdRecipients(sql, messageId, reason);
          }),
        progress: ({ organizationId, messageId }) =>
          database.withOrganization(organizationId, (sql) => tellProgress(sql, messageId)),
        content: (organizationId, messageId) => RecipientContent.read(content, organizationId, messageId),
        transport,
        uncertainPolicy: (organizationId) =>
          database.withOrganization(organizationId, async (sql) => {
            const { settings } = await readOutgoingSettings(sql, null);
            return settings.uncertain;
          }),
        bounceClass,
        schedule,
        atOnce: parts.conversations,
        now,
        random: Math.random,
        workflowId: () => Context.current().info.workflowExecution?.workflowId ?? '',
        heartbeat: () => Context.current().heartbeat(),
        cancellation: () => Context.current().cancellationSignal,
      }),
  };
}

/** The class of a failure by the words of the server (Sisimai's names). */
function bounceClass({ code, enhanced, text }: Reply): string {
  return classifyReason({
    status: enhanced,
    reply: code === null ? null : String(code),
    diagnostic: text,
    command: null,
    prose: '',
    subject: '',
  });
}
