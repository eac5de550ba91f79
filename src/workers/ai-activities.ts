import { Context } from '@temporalio/activity';
import { createAiActivities, type AiActivityDeps } from '../activities/ai.activities.js';
import { createRepairActivities } from '../activities/repair.activities.js';
import { createReplyActivities } from '../activities/reply.activities.js';
import type { RunContexts } from '../activities/run-contexts.js';
import type { StepDefinitions } from '../activities/step-definition.js';
import type { ThreadMailDeps } from '../activities/thread-mails.js';
import { createThreadSummaryActivities } from '../activities/thread-summary.activities.js';
import { createTranslationActivities } from '../activities/translation.activities.js';
import { AiAccess } from '../adapters/ai/ai-access.js';
import { anyProvider } from '../adapters/ai/ai-settings.js';
import { ProviderAnswerStore } from '../adapters/ai/answers.js';
import { ProviderFailure } from '../adapters/ai/capability.js';
import { commitRepair } from '../adapters/ai/commit-repair.js';
import type { EndpointState } from '../adapters/ai/endpoint-breaker.js';
import { deferOwed, readOwed } from '../adapters/ai/owed.js';
import { ReplyStore } from '../adapters/composition/reply-requests.js';
import type { Database } from '../adapters/database/database.js';
import { readDimensions } from '../adapters/embedding/message-embeddings.js';
import { readMailsById } from '../adapters/messages/read-thread-mails.js';
import { KeptSummaries } from '../adapters/summary/kept-summaries.js';
import { isUnreachable } from '../adapters/database/unreachable.js';
import { translateMail } from '../adapters/translation/translate-mail.js';
import { ASKED_CAPABILITIES } from '../domain/ai.js';
import type { ChosenAi, OperatorAi } from '../domain/ai-settings.js';
import type { RunKey } from '../domain/run.js';

export interface AiParts {
  database: Database;
  operator: OperatorAi;
  secretKey: Buffer | null;
  onChange: (endpoint: string, state: EndpointState) => void;
}

/** Providers put together from their parts: the way to them, what a stage asks of them, and the activities. */
export function composeAi({ database, operator, secretKey, onChange }: AiParts) {
  const access = new AiAccess({ database, operator, secretKey, onChange });
  const hasOperator = anyProvider(operator, ASKED_CAPABILITIES);
  const answers = new ProviderAnswerStore(database, secretKey);
  const replies = new ReplyStore(database, secretKey);
  const answersOf = (run: RunKey) => answers.ofRun(run.organizationId, run.runId);
  return {
    access,
    schedule: operator.repairs,
    /** For the stage that asks. */
    stage: {
      standingOfStep: access.standingOfStep.bind(access),
      isConfigured: (chosen: readonly ChosenAi[]) => hasOperator || chosen.length > 0,
      readAnswers: answersOf,
    },
    activities: (contexts: RunContexts, mails: Pick<ThreadMailDeps, 'readBytes' | 'parse'>) => {
      const deps: AiActivityDeps = {
        readRun: (run) => contexts.peek(run),
        readBytes: (context) => contexts.bytes(context),
        access,
        answers,
        keptDimensions: (organizationId, space) =>
          database.withOrganization(organizationId, (sql) => readDimensions(sql, space)),
        translate: translateMail,
        isProviderFailure: (error) => error instanceof ProviderFailure,
        heartbeat: () => Context.current().heartbeat(),
        cancellation: () => Context.current().cancellationSignal,
      };
      return {
        ...createAiActivities(deps),
        ...createReplyActivities({
          ...deps,
          readRun: (run) => contexts.readAnew(run),
          requests: replies,
        }),
        ...createThreadSummaryActivities({
          ...deps,
          ...mails,
          readMails: (organizationId, ids) =>
            database.withOrganization(organizationId, (sql) => readMailsById(sql, ids)),
          summaries: new KeptSummaries(database),
        }),
        ...createTranslationActivities({ ...deps, readRun: (run) => contexts.readAnew(run) }),
      };
    },
    repairs: (contexts: RunContexts, definitions: StepDefinitions) =>
      createRepairActivities({
        definitions,
        readRun: (run) => contexts.readAnew(run),
        readAnswers: answersOf,
        owed: {
          read: ({ run, capability, round }) => readOwed(database, run.organizationId, run.runId, capability, round),
          defer: ({ run, capability, round }, next) =>
            deferOwed(database, run.organizationId, { runId: run.runId, capability, round }, next),
          commit: ({ run, ...owed }, record, vectors) => commitRepair(database, run, owed, record, vectors),
        },
        isOutage: isUnreachable,
        schedule: operator.repairs,
        now: () => new Date(),
      }),
  };
}
