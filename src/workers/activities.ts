import { Context } from '@temporalio/activity';
import { createIncomingActivities } from '../activities/incoming.activities.js';
import { RunContexts } from '../activities/run-contexts.js';
import { createScanActivities } from '../activities/scan.activities.js';
import { MessageFailure } from '../activities/stage-run.js';
import { autonomySteps } from '../activities/steps/autonomy.js';
import { enhancementSteps } from '../activities/steps/enhancement.js';
import { publicationSteps } from '../activities/steps/publication.js';
import { receptionSteps, type AuthenticationSettings } from '../activities/steps/reception.js';
import type { Database } from '../adapters/database/database.js';
import { ParserIsolatedError, type ParserPool } from '../adapters/parser-pool.js';
import { RuleQuestions } from '../adapters/rules/rule-evaluator.js';
import type { ControlWatch } from '../adapters/runs/control-watch.js';
import { RunJournal } from '../adapters/runs/journal.js';
import { createRunStore, StoreUnreachable } from '../adapters/runs/run-store.js';
import { StepGate } from '../adapters/runs/step-gate.js';
import type { Scanners } from '../adapters/scanners/scanners.js';
import type { ClosedReason } from '../domain/protection.js';
import type { DnsResolver } from '../engines/authentication/authenticate.js';
import type { SpamModel } from '../engines/spam/model.js';
import { StepFigures } from './step-figures.js';

export interface ActivityParts {
  database: Database;
  controls: ControlWatch;
  parser: ParserPool;
  dns: DnsResolver | null;
  authentication: AuthenticationSettings;
  spamModel: SpamModel;
  scanners: Scanners;
  /** Unseals keys of S/MIME and OpenPGP; null where none is set. */
  secretKey: Buffer | null;
}

/** The activities of each queue, put together from their parts. */
export function composeActivities(parts: ActivityParts) {
  const store = createRunStore(parts.database, parts.secretKey);
  const journal = new RunJournal(parts.database);
  const gate = new StepGate(parts.database, parts.controls);
  const figures = new StepFigures();
  const contexts = new RunContexts({
    store,
    parse: (bytes) => parts.parser.parse(bytes).catch(asMessageFailure),
    open: (bytes, opening) => parts.parser.parse(bytes, opening).catch(asClosed),
  });
  const definitions = {
    ...receptionSteps({
      store,
      contexts,
      dns: parts.dns,
      authentication: parts.authentication,
      spamModel: parts.spamModel,
    }),
    ...enhancementSteps(),
    ...autonomySteps({ store, usual: () => figures.usual(), random: Math.random }),
    ...publicationSteps(),
  };
  return {
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
        decision: { store, questions: (facts, phase) => new RuleQuestions(facts, phase) },
        buildId,
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

/** A message that ended its parser is failed; whatever else went wrong is tried again. */
function asMessageFailure(error: unknown): never {
  if (error instanceof ParserIsolatedError) throw new MessageFailure(error.message, { cause: error });
  throw error;
}

/** What ends its thread when it is opened is delivered closed: without keys it was parsed. */
function asClosed(error: unknown): ClosedReason {
  if (error instanceof ParserIsolatedError) return error.reason === 'deadline' ? 'deadline' : 'failed';
  throw error;
}
