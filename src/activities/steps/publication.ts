import type { SideEffect } from '../../adapters/runs/journal-entry.js';
import type { DashboardUpdateOutcome } from '../../domain/outcomes.js';
import type { Decision } from '../../domain/disposition.js';
import { notificationsFor, NOTIFICATIONS_ENGINE } from '../../engines/suggestions/notifications.js';
import { ACTIONS_ENGINE, suggestActions } from '../../engines/suggestions/suggest-actions.js';
import { RESPONSES_ENGINE, suggestResponses } from '../../engines/suggestions/suggest-responses.js';
import type { RunContext } from '../run-context.js';
import type { StepDefinition, StepDefinitions } from '../step-definition.js';
import { content, languageOf } from './enhancement.js';

type Publication = 'notifications' | 'dashboardUpdate' | 'actionSuggestions' | 'responseTemplates';

const DEADLINE_MS = 10_000;

export function publicationSteps(): Pick<StepDefinitions, Publication> {
  return {
    notifications: notifications(),
    dashboardUpdate: dashboardUpdate(),
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
        content: context.outcome('contentAnalysis'),
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
      return { ...result, effects };
    },
  };
}

/** The mailboxes that the message was routed to; one without members is told itself. */
function notifiedMailboxes(context: RunContext) {
  const routes = context.outcome('routingAnalysis')?.routes ?? [];
  const ids = new Set(routes.map((route) => route.mailboxId));
  return context.organization.mailboxes
    .filter((mailbox) => ids.has(mailbox.id))
    .map(({ name, pattern, members }) => ({ name, members: members.length > 0 ? members : [pattern] }));
}

function dashboardUpdate(): StepDefinition<'dashboardUpdate'> {
  return {
    name: 'dashboardUpdate',
    engine: { engine: 'counters', version: '1' },
    deadlineMs: DEADLINE_MS,
    input: () => null,
    run: (context) => {
      const outcome: DashboardUpdateOutcome = { counters: countersOf(context) };
      const effect: SideEffect = {
        kind: 'counters',
        target: `run ${context.run.runNumber}`,
        counters: outcome.counters,
      };
      const known = context.steps.filter((step) => step.status !== 'FAILED').length;
      return { outcome, confidence: known / context.steps.length, effects: [effect] };
    },
  };
}

function countersOf(context: RunContext): Record<string, number> {
  const analysed = context.outcome('contentAnalysis');
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
      analysed: context.outcome('contentAnalysis'),
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
      analysed: context.outcome('contentAnalysis'),
      predicted: context.outcome('predictiveActions'),
      language: languageOf(context),
      origin: context.origin,
      from: context.parsed.from[0] ?? null,
      replyTo: context.parsed.replyTo[0] ?? null,
      timeZone: context.organization.timeZone,
    }),
    run: (context) =>
      suggestResponses(
        context.parsed,
        content(context),
        languageOf(context),
        context.origin,
        context.outcome('predictiveActions'),
        context.organization.timeZone,
      ),
  };
}
