import type { SideEffect } from '../../adapters/runs/journal-entry.js';
import { embeddedAnswer } from '../../domain/ai.js';
import type { DashboardUpdateOutcome } from '../../domain/outcomes.js';
import type { Decision } from '../../domain/disposition.js';
import { notificationsFor, NOTIFICATIONS_ENGINE } from '../../engines/suggestions/notifications.js';
import { ACTIONS_ENGINE, suggestActions } from '../../engines/suggestions/suggest-actions.js';
import { RESPONSES_ENGINE, suggestResponses } from '../../engines/suggestions/suggest-responses.js';
import { learnedInput, suggestionJudge } from '../learned-judge.js';
import type { MessageVectors } from '../message-vectors.js';
import type { RunContext } from '../run-context.js';
import type { StepDefinition, StepDefinitions } from '../step-definition.js';
import { content, contentFound, languageOf } from './enhancement.js';

type Publication = 'notifications' | 'dashboardUpdate' | 'actionSuggestions' | 'responseTemplates';

const DEADLINE_MS = 10_000;

export function publicationSteps(vectors: MessageVectors): Pick<StepDefinitions, Publication> {
  return {
    notifications: notifications(),
    dashboardUpdate: dashboardUpdate(vectors),
    actionSuggestions: actionSuggestions(),
    responseTemplates: responseTemplates(),
  };
}

function decisionOf(context: RunContext): Decision {
  if (context.decision === null) throw new Error('publication needs a decision');
  return context.decision;
}

function notifications(): StepDefinition<'notifications'> {
  return {
    name: 'notifications',
    engine: NOTIFICATIONS_ENGINE,
    deadlineMs: DEADLINE_MS,
    // A side effect is this message's own.
    input: () => null,
    run: (context) => {
      const { disposition, reason } = decisionOf(context);
      const result = notificationsFor({
        parsed: context.parsed,
        content: contentFound(context),
        prediction: context.outcome('predictiveActions'),
        disposition,
        reason,
        mailboxes: notifiedMailboxes(context),
        now: new Date(),
      });
      const effects = result.outcome.notified.map((notification): SideEffect => ({
        kind: 'notification',
        target: `${notification.kind} ${notification.recipient}`,
        notification,
      }));
      return { ...result, effects: [...effects, ...assignment(context)] };
    },
  };
}

/** Only what people get to see is somebody's to answer; a rule or the organization wants it assigned by itself. */
function assignment(context: RunContext): SideEffect[] {
  const proposed = context.outcome('routingAnalysis')?.assignment ?? null;
  if (proposed === null || !proposed.automatic || decisionOf(context).disposition !== 'deliver') return [];
  const { addressed } = proposed;
  return [{ kind: 'assignment', target: 'once', addressed }];
}

/** The mailboxes that the message was routed to; one without members is told itself. */
function notifiedMailboxes(context: RunContext) {
  const routes = context.outcome('routingAnalysis')?.routes ?? [];
  const ids = new Set(routes.map((route) => route.mailboxId));
  return context.organization.mailboxes
    .filter((mailbox) => ids.has(mailbox.id))
    .map(({ name, pattern, members }) => ({ name, members: members.length > 0 ? members : [pattern] }));
}

function dashboardUpdate(vectors: MessageVectors): StepDefinition<'dashboardUpdate'> {
  return {
    name: 'dashboardUpdate',
    engine: { engine: 'counters', version: '1' },
    deadlineMs: DEADLINE_MS,
    input: () => null,
    run: async (context) => {
      const started = performance.now();
      const { space, bytes } = await vectors.of(context);
      const answeredBy = embeddedAnswer(performance.now() - started);
      // A repair finds them counted: what was decided is not known to it.
      const counters = context.outcome('dashboardUpdate')?.counters ?? countersOf(context);
      const outcome: DashboardUpdateOutcome = { counters, vectorSpace: space, answeredBy };
      const effect: SideEffect = {
        kind: 'counters',
        target: `run ${context.run.runNumber}`,
        counters: outcome.counters,
      };
      const known = context.steps.filter((step) => step.status !== 'FAILED').length;
      return {
        outcome,
        confidence: known / context.steps.length,
        effects: [effect, { kind: 'embedding', target: space, bytes, byProvider: false }],
      };
    },
  };
}

function countersOf(context: RunContext): Record<string, number> {
  const analysed = contentFound(context);
  const failed = context.steps.filter((step) => step.status === 'FAILED').length;
  return {
    [context.run.runNumber === 1 ? 'incoming.messages' : 'incoming.reprocessed']: 1,
    ...(context.run.runNumber === 1 ? { 'incoming.bytes': context.facts.size } : {}),
    [`incoming.disposition.${decisionOf(context).disposition}`]: 1,
    [`incoming.spam.${context.outcome('spamDetection')?.verdict ?? 'unknown'}`]: 1,
    [`incoming.language.${languageOf(context)}`]: 1,
    ...(analysed ? { [`incoming.type.${analysed.type}`]: 1, [`incoming.priority.${analysed.priority}`]: 1 } : {}),
    ...(failed > 0 ? { 'incoming.failedSteps': failed } : {}),
  };
}

function actionSuggestions(): StepDefinition<'actionSuggestions'> {
  return {
    name: 'actionSuggestions',
    engine: ACTIONS_ENGINE,
    deadlineMs: DEADLINE_MS,
    input: (context) => ({
      content: context.contentHash,
      analysed: contentFound(context),
      predicted: context.outcome('predictiveActions'),
      routing: context.outcome('routingAnalysis'),
      origin: context.origin,
      from: context.parsed.from[0] ?? null,
      replyTo: context.parsed.replyTo[0] ?? null,
      list: context.parsed.headers.filter(({ name }) => /^list-/i.test(name)),
      attachments: context.parsed.attachments.map(({ contentType }) => contentType),
      findings: context.findings.map(({ code, severity }) => [code, severity]),
      disposition: decisionOf(context).disposition,
      timeZone: context.organization.timeZone,
      learned: learnedInput(context, 'ACTION'),
    }),
    run: (context) =>
      suggestActions({
        parsed: context.parsed,
        content: content(context),
        origin: context.origin,
        prediction: predicted(context),
        routing: context.outcome('routingAnalysis'),
        findings: context.findings,
        disposition: decisionOf(context).disposition,
        timeZone: context.organization.timeZone,
        judge: suggestionJudge(context),
      }),
  };
}

function predicted(context: RunContext) {
  const outcome = context.outcome('predictiveActions');
  if (outcome === null) throw new Error('predictiveActions failed, and this step reads what it foresees');
  return outcome;
}

function responseTemplates(): StepDefinition<'responseTemplates'> {
  return {
    name: 'responseTemplates',
    engine: RESPONSES_ENGINE,
    deadlineMs: DEADLINE_MS,
    input: (context) => ({
      content: context.contentHash,
      analysed: contentFound(context),
      predicted: context.outcome('predictiveActions'),
      language: languageOf(context),
      origin: context.origin,
      from: context.parsed.from[0] ?? null,
      replyTo: context.parsed.replyTo[0] ?? null,
      timeZone: context.organization.timeZone,
      templates: context.organization.responseTemplates,
      uses: context.organization.templateUses,
    }),
    run: (context) =>
      suggestResponses(
        context.parsed,
        content(context),
        languageOf(context),
        context.origin,
        context.outcome('predictiveActions'),
        context.organization.timeZone,
        { templates: context.organization.responseTemplates, uses: context.organization.templateUses },
      ),
  };
}
