import { Context } from '@temporalio/activity';
import { createAiActivities, type AiActivityDeps } from '../activities/ai.activities.js';
import { createRepairActivities } from '../activities/repair.activities.js';
import { createReplyActivities } from '../activities/reply.activities.js';
import type { RunContexts } from '../activities/run-contexts.js';
import type { StepDefinitions } from '../activities/step-definition.js';
import { createTranslationActivities } from '../activities/translation.activities.js';
import { AiAccess } from '../adapters/ai/ai-access.js';
import { anyProvider } from '../adapters/ai/ai-settings.js';
import { hasAnswer, keepAnswer, readAnswers, takeKnownAnswer } from '../adapters/ai/answers.js';
import { ProviderFailure } from '../adapters/ai/capability.js';
import { commitRepair } from '../adapters/ai/commit-repair.js';
import type { EndpointState } from '../adapters/ai/endpoint-breaker.js';
import { deferOwed, readOwed } from '../adapters/ai/owed.js';
import { keepReplies, readReplyRequest } from '../adapters/composition/reply-requests.js';
import type { Database } from '../adapters/database/database.js';
import { readDimensions } from '../adapters/embedding/message-embeddings.js';
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
  const answersOf = (run: RunKey) => readAnswers(database, run.organizationId, run.runId);
  return {
    access,
    schedule: operator.repairs,
    /** For the stage that asks. */
    stage: {
      standingOfStep: access.standingOfStep.bind(access),
      isConfigured: (chosen: readonly ChosenAi[]) => hasOperator || chosen.length > 0,
      readAnswers: answersOf,
    },
    activities: (contexts: RunContexts) => {
      const deps: AiActivityDeps = {
        readRun: (run) => contexts.peek(run),
        readBytes: (context) => contexts.bytes(context),
        access,
        answers: {
          has: (place) => hasAnswer(database, place),
          takeKnown: (place, inputHash) => takeKnownAnswer(database, place, inputHash),
          keep: (place, answer) => keepAnswer(database, place, answer),
        },
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
          requests: {
            read: (request) => readReplyRequest(database, request),
            keep: (request, inputHash, replies) => keepReplies(database, request, inputHash, replies),
          },
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
