import type { Disposition } from '../../domain/disposition.js';
import type { Finding } from '../../domain/findings.js';
import { atLeast } from '../../domain/findings.js';
import { isMachine } from '../../domain/outcomes.js';
import type {
  ActionSuggestionsOutcome,
  ContentAnalysisOutcome,
  MailOrigin,
  PredictiveActionsOutcome,
  RoutingOutcome,
} from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { dayIn } from '../content/entities/time-zone.js';
import { headerField } from '../content/header-fields.js';

export const ACTIONS_ENGINE = { engine: 'action-suggestions', version: '2', rules: '1' } satisfies EngineIdentity;

export interface ActionFacts {
  parsed: ParsedMessage;
  content: ContentAnalysisOutcome;
  origin: MailOrigin;
  prediction: PredictiveActionsOutcome;
  routing: RoutingOutcome | null;
  /** Of all steps; those that speak of deceit make reporting a suggestion. */
  findings: readonly Finding[];
  disposition: Disposition;
  /** Of the organization: which day a due date is shown as. */
  timeZone: string;
  /** Makes a suggestion as sure as what became of earlier ones says; the rules alone where it is left out. */
  judge?: (suggestion: Suggestion) => Suggestion;
}

export type Suggestion = ActionSuggestionsOutcome['suggestions'][number];

const LEAST_CONFIDENCE = 0.3;
const LIMIT = 6;
/** Codes of findings that speak of deceit rather than of mere disorder. */
const DECEIT = /phish|lookalike|spoof|threat\.|link\.|homograph|impersonat|dmarc|display-name/;
const PROBLEM_CONFIDENCE = { info: 0.1, low: 0.25, medium: 0.5, high: 0.8, critical: 0.95 } as const;

/** What a person may want to do with a message, likeliest first. Nothing that answers or opens what looks dangerous. */
export function suggestActions(facts: ActionFacts): StepResult<ActionSuggestionsOutcome> {
  const safe = facts.disposition === 'deliver' || facts.disposition === 'forward';
  const candidates = safe
    ? [
        ...replies(facts),
        ...tasks(facts),
        ...calendar(facts),
        ...tidying(facts),
        ...forwarding(facts),
        ...reports(facts),
      ]
    : [...reports(facts), ...decisions(facts)];
  const judged = candidates.map((candidate) => facts.judge?.(candidate) ?? candidate);
  const suggestions = judged
    .filter(({ confidence }) => confidence >= LEAST_CONFIDENCE)
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, LIMIT);
  // Suggesting nothing is as sure as the likeliest of what was passed over was unlikely.
  const passedOver = Math.max(0, ...judged.map(({ confidence }) => confidence));
  const mean = suggestions.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, suggestions.length);
  return { outcome: { suggestions }, confidence: suggestions.length === 0 ? 1 - passedOver : asProbability(mean) };
}

function replies({ prediction, origin }: ActionFacts): Suggestion[] {
  if (isMachine(origin)) return [];
  const { probability, reasons } = prediction.replyNeeded;
  return [{ action: 'reply', label: 'Reply', confidence: probability, explanation: reasons.slice(0, 2).join('; ') }];
}

function tasks({ prediction, content, timeZone }: ActionFacts): Suggestion[] {
  const { dueAt, dueText } = prediction;
  if (dueAt === null) return [];
  const wanted = content.type === 'newsletter' || content.type === 'notification' ? 0.35 : 0.8;
  return [
    {
      action: 'createTask',
      label: `Create a task due ${dayIn(timeZone, new Date(dueAt))}`,
      confidence: wanted,
      explanation: `the mail says "${dueText ?? dueAt}"`,
    },
  ];
}

function calendar({ parsed, content }: ActionFacts): Suggestion[] {
  if (parsed.attachments.some(({ contentType }) => contentType === 'text/calendar')) {
    return [
      {
        action: 'addToCalendar',
        label: 'Add to the calendar',
        confidence: 0.95,
        explanation: 'it carries an invitation',
      },
    ];
  }
  const time = content.entities.find(({ kind, value }) => kind === 'dateTime' && value.includes('T'));
  if (content.type !== 'meeting' || time === undefined) return [];
  const explanation = `it is about a meeting and names a time ("${time.text}")`;
  return [
    {
      action: 'addToCalendar',
      label: 'Add to the calendar',
      confidence: content.typeConfidence * time.confidence,
      explanation,
    },
  ];
}

function tidying({ parsed, prediction }: ActionFacts): Suggestion[] {
  const { probability, reasons } = prediction.archive;
  const archive = {
    action: 'archive',
    label: 'Archive',
    confidence: probability,
    explanation: reasons.slice(0, 2).join('; '),
  };
  const unsubscribe = headerField(parsed, 'List-Unsubscribe');
  if (unsubscribe === null) return [archive];
  const oneClick = headerField(parsed, 'List-Unsubscribe-Post') !== null;
  const explanation = oneClick ? 'its sender takes one click (RFC 8058)' : 'its sender names how (List-Unsubscribe)';
  return [archive, { action: 'unsubscribe', label: 'Unsubscribe', confidence: 0.3 + 0.5 * probability, explanation }];
}

function forwarding({ routing }: ActionFacts): Suggestion[] {
  const proposed = routing?.proposed;
  if (!proposed || routing.routes.some(({ mailboxId }) => mailboxId === proposed.mailboxId)) return [];
  const explanation = `mail like it went to ${proposed.mailbox} before`;
  return [
    { action: 'forward', label: `Forward to ${proposed.mailbox}`, confidence: proposed.probability, explanation },
  ];
}

function reports({ findings }: ActionFacts): Suggestion[] {
  const deceits = findings.filter(({ code }) => DECEIT.test(code));
  const worst = deceits.reduce<Finding | null>(
    (most, finding) => (most === null || atLeast(finding.severity, most.severity) ? finding : most),
    null,
  );
  if (worst === null) return [];
  const doubt = deceits.reduce((product, { severity }) => product * (1 - PROBLEM_CONFIDENCE[severity]), 1);
  return [
    {
      action: 'reportPhishing',
      label: 'Report as phishing',
      confidence: asProbability(1 - doubt),
      explanation: worst.explanation,
    },
  ];
}

/** For what was not delivered a person decides; the milder the worst finding, the likelier it is let go. */
function decisions({ findings, disposition }: ActionFacts): Suggestion[] {
  const worst = Math.max(0, ...findings.map(({ severity }) => PROBLEM_CONFIDENCE[severity]));
  const where = disposition === 'hold' ? 'it is held for a person' : `it was decided to ${disposition} it`;
  return [
    { action: 'release', label: 'Release', confidence: asProbability(0.9 - worst), explanation: where },
    { action: 'reject', label: 'Reject', confidence: worst, explanation: where },
  ];
}
