import { Context } from '@temporalio/activity';
import { consentReader } from '../activities/consented-mail.js';
import { createIncomingActivities } from '../activities/incoming.activities.js';
import { RunContexts } from '../activities/run-contexts.js';
import { createScanActivities } from '../activities/scan.activities.js';
import { createTrainingActivities } from '../activities/training.activities.js';
import type { MessageVectors } from '../activities/message-vectors.js';
import { MessageFailure } from '../activities/stage-run.js';
import { answeredSteps } from '../activities/steps/answered-steps.js';
import { answeredVector } from '../activities/steps/answered-vector.js';
import { autonomySteps } from '../activities/steps/autonomy.js';
import { enhancementSteps } from '../activities/steps/enhancement.js';
import { publicationSteps } from '../activities/steps/publication.js';
import { receptionSteps, type AuthenticationSettings } from '../activities/steps/reception.js';
import type { Database } from '../adapters/database/database.js';
import type { LearningThreads } from '../adapters/learning/learning-threads.js';
import { Trainings } from '../adapters/learning/trainings.js';
import { readMeaning } from '../adapters/embedding/message-embeddings.js';
import { readNgramSource } from '../adapters/ngram-source.js';
import { ParserIsolatedError, type ParserPool } from '../adapters/parser-pool.js';
import { RuleQuestions } from '../adapters/rules/rule-evaluator.js';
import type { ControlWatch } from '../adapters/runs/control-watch.js';
import { RunJournal } from '../adapters/runs/journal.js';
import { createRunStore, StoreUnreachable } from '../adapters/runs/run-store.js';
import { StepGate } from '../adapters/runs/step-gate.js';
import type { Scanners } from '../adapters/scanners/scanners.js';
import { VerpAddresses } from '../adapters/signed-tokens/verp.js';
import type { ClosedReason } from '../domain/protection.js';
import type { DnsResolver } from '../engines/authentication/authenticate.js';
import { LanguageDetector } from '../engines/language/detect-language.js';
import type { SpamModel } from '../engines/spam/model.js';
import type { composeAi } from './ai-activities.js';
import { StepFigures } from './step-figures.js';
import { warmUp } from './warm-up.js';

export interface ActivityParts {
  database: Database;
  controls: ControlWatch;
  parser: ParserPool;
  dns: DnsResolver | null;
  authentication: AuthenticationSettings;
  spamModel: SpamModel;
  learning: LearningThreads;
  /** Told of a learned model that answers nothing new. */
  onUnlearned: (error: unknown, modelId: string) => void;
  ai: ReturnType<typeof composeAi>;
  scanners: Scanners;
  /** Says what messages are about. */
  vectors: MessageVectors;
  /** Unseals keys of S/MIME and OpenPGP; null where none is set. */
  secretKey: Buffer | null;
}

/** The activities of each queue, put together from their parts. */
export function composeActivities(parts: ActivityParts) {
  const store = createRunStore(parts.database, parts.secretKey);
  const trainings = new Trainings(parts.database);
  const journal = new RunJournal(parts.database);
  const gate = new StepGate(parts.database, parts.controls);
  const figures = new StepFigures();
  const languages = new LanguageDetector(readNgramSource);
  const contexts = new RunContexts({
    store,
    threads: parts.learning,
    onUnlearned: parts.onUnlearned,
    parse: (bytes) => parts.parser.parse(bytes).catch(asMessageFailure),
    open: (bytes, opening) => parts.parser.parse(bytes, opening).catch(asClosed),
  });
  const answered = { access: parts.ai.access, schedule: parts.ai.schedule, now: () => new Date() };
  const publication = publicationSteps(parts.vectors);
  const definitions = {
    ...receptionSteps({
      store,
      contexts,
      dns: parts.dns,
      authentication: parts.authentication,
      spamModel: parts.spamModel,
    }),
    ...answeredSteps(enhancementSteps(languages, parts.vectors), answered),
    ...autonomySteps({ store, usual: () => figures.usual(), random: Math.random }),
    ...publication,
    dashboardUpdate: answeredVector(publication.dashboardUpdate, answered),
  };
  return {
    journal,
    gate,
    /** Of the runs of one build. */
    mail: (buildId: string) =>
      createIncomingActivities({
        journal,
        gate,
        definitions,
        isOutage: (error) => error instanceof StoreUnreachable,
        observe: (step, durationMs) => figures.observe(step, durationMs),
        contexts,
        scanners: parts.scanners.configured,
        ai: parts.ai.stage,
        verp: parts.secretKey === null ? null : new VerpAddresses(parts.secretKey),
        readHarvested: async (key, receivedAt) => (await keyReader()).readHarvested(key, receivedAt),
        decision: { store, questions: (facts, phase) => new RuleQuestions(facts, phase) },
        buildId,
      }),
    /** For the first message of a worker. */
    warmUp: (signal: AbortSignal) => warmUp({ languages, parser: parts.parser }, signal),
    repairs: parts.ai.repairs(contexts, definitions),
    ai: parts.ai.activities(contexts, {
      readBytes: (organizationId, sha256) => store.readBytes(organizationId, sha256),
      parse: (bytes) => parts.parser.parse(bytes).catch(asUnreadable),
    }),
    training: createTrainingActivities({
      trainings,
      consents: consentReader({
        mails: (input, plan) => trainings.consents(input, plan),
        readBytes: (organizationId, sha256) => store.readBytes(organizationId, sha256),
        parse: (bytes) => parts.parser.parse(bytes).catch(asUnreadable),
        meaning: (organizationId, messageId) =>
          parts.database.withOrganization(organizationId, (sql) => readMeaning(sql, messageId)),
        features: (mail) => parts.learning.features(mail),
      }),
      threads: parts.learning,
      heartbeat: () => Context.current().heartbeat(),
      cancellation: () => Context.current().cancellationSignal,
    }),
    scan: createScanActivities({
      readMessage: (organizationId, messageId) => store.readForScan(organizationId, messageId),
      clamd: parts.scanners.clamd,
      rspamd: parts.scanners.rspamd,
      spamassassin: parts.scanners.spamassassin,
      cancellation: () => Context.current().cancellationSignal,
    }),
  };
}

/** Its libraries are large, and few messages bring a key. */
const keyReader = () => import('../adapters/mail-keys/read-recipient-key.js');

/** A message that ended its parser is failed; whatever else went wrong is tried again. */
function asMessageFailure(error: unknown): never {
  if (error instanceof ParserIsolatedError) throw new MessageFailure(error.message, { cause: error });
  throw error;
}

/** Of a mail that its parser does not survive nothing is learned. */
function asUnreadable(error: unknown): null {
  if (error instanceof ParserIsolatedError) return null;
  throw error;
}

/** What ends its thread when it is opened is delivered closed: without keys it was parsed. */
function asClosed(error: unknown): ClosedReason {
  if (error instanceof ParserIsolatedError) return error.reason === 'deadline' ? 'deadline' : 'failed';
  throw error;
}
