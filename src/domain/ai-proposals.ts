import type { AnsweredBy } from './ai.js';
import type { ContentAnalysisOutcome, MailType, Priority, SummaryOutcome } from './outcomes.js';
import { PRIORITIES } from './outcomes.js';

/** What a model proposes of a mail: values of closed sets, and text for a person. It acts on nothing. */
export interface AnalysisProposal {
  type: MailType;
  /** 0 to 1, as the model sees itself. */
  typeConfidence: number;
  priority: Priority;
  priorityReason: string;
  /** -1 to 1. */
  sentiment: number;
  /** Questions that the mail asks, in its words. */
  questions: string[];
  /** What it asks its reader to do, for the reader to read. */
  actionItems: string[];
}

export interface SummaryProposal {
  summary: string;
}

/** A model's own confidence is not calibrated: it counts for no more than this. */
export const MOST_TRUST = 0.85;
/** How much of the embedded engine's confidence is left where the model says another type. */
const DISAGREEMENT = 0.6;
const MOST_QUESTIONS = 20;
const LONGEST_QUESTION = 500;

/**
 * The content analysis as people see it: the model's proposal over what the embedded engines found. Everything that
 * acts (rules, routing, notifications, predictions) reads `embedded` by `actedOn`, so that no mail talks a model into
 * a deed. A priority moves by one step at most, and never to `urgent`: that wakes people.
 *
 * @returns outcome and confidence; entities and all else that the model did not propose stay as they were
 */
export function mergeAnalysis(
  embedded: ContentAnalysisOutcome,
  embeddedConfidence: number,
  proposal: AnalysisProposal,
  answeredBy: AnsweredBy,
): { outcome: ContentAnalysisOutcome; confidence: number } {
  const agrees = proposal.type === embedded.type;
  const said = Math.min(MOST_TRUST, Math.max(0, proposal.typeConfidence));
  const typeConfidence = agrees
    ? Math.max(embedded.typeConfidence, said)
    : Math.min(said, 1 - embedded.typeConfidence * DISAGREEMENT);
  const priority = nearPriority(embedded.priority, proposal.priority);
  const outcome: ContentAnalysisOutcome = {
    ...embedded,
    type: proposal.type,
    typeConfidence,
    priority,
    priorityReasons:
      priority === embedded.priority
        ? embedded.priorityReasons
        : [...embedded.priorityReasons, `a model takes it for ${proposal.priority}: ${proposal.priorityReason}`],
    sentiment: Math.min(1, Math.max(-1, proposal.sentiment)),
    questions: distinct([...embedded.questions, ...proposal.questions.map((text) => text.slice(0, LONGEST_QUESTION))]),
    proposedActionItems: proposal.actionItems,
    answeredBy,
    embedded,
  };
  const shift = typeConfidence - embedded.typeConfidence;
  return { outcome, confidence: Math.min(1, Math.max(0, embeddedConfidence + shift / 2)) };
}

/** What anything that acts may read of a content analysis: no word of a model, and not who answered how fast. */
export function actedOn(outcome: ContentAnalysisOutcome): ContentAnalysisOutcome {
  const { answeredBy: _, ...found } = outcome.embedded ?? outcome;
  return found;
}

/**
 * The model's summary over the embedded one; null where it is empty or longer than the text: then the embedded one stays.
 * A model does not say how sure it is: that is computed from how much of what it says the mail says too, and how much
 * of what the embedded summary found to be the point it has.
 *
 * @param text what was summarised
 */
export function mergeSummary(
  embedded: SummaryOutcome,
  proposal: SummaryProposal,
  text: string,
  answeredBy: AnsweredBy,
): { outcome: SummaryOutcome; confidence: number } | null {
  const summary = proposal.summary.trim();
  if (summary === '' || summary.length > text.length) return null;
  return {
    outcome: { ...embedded, summary, answeredBy, embedded: { summary: embedded.summary } },
    confidence: summaryConfidence(summary, embedded.summary, text),
  };
}

/** How sure a model's summary of a text is, from what the text and the embedded summary of it have in common with it. */
export function summaryConfidence(summary: string, embedded: string, text: string): number {
  const said = stemsOf(summary);
  const supported = shareOf(said, stemsOf(text));
  const points = shareOf(stemsOf(embedded), said);
  return MOST_TRUST * (0.6 * supported + 0.4 * points);
}

const STEM = 5;
/** Scripts that put no blanks between words: there each letter is one. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const WORD = /[\p{L}\p{M}\p{N}]{4,40}/gu;

function stemsOf(text: string): ReadonlySet<string> {
  const letters = text.match(UNSPACED) ?? [];
  const words = text.toLowerCase().match(WORD) ?? [];
  return new Set([...letters, ...words.map((word) => word.slice(0, STEM))]);
}

/** The part of `some` that is among `others`; all of nothing. */
function shareOf(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return some.size === 0 ? 1 : [...some].filter((one) => others.has(one)).length / some.size;
}

function nearPriority(from: Priority, to: Priority): Priority {
  const [at, wanted] = [PRIORITIES.indexOf(from), PRIORITIES.indexOf(to)];
  const near = PRIORITIES[at + Math.sign(wanted - at)] ?? from;
  return near === 'urgent' && from !== 'urgent' ? from : near;
}

function distinct(questions: string[]): string[] {
  const seen = new Set<string>();
  return questions
    .filter((question) => {
      const key = question.replace(/\s+/g, ' ').trim().toLowerCase();
      if (key === '' || seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .slice(0, MOST_QUESTIONS);
}
