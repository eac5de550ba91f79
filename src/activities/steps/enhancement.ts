import { actedOn } from '../../domain/ai-proposals.js';
import { hindranceOf } from '../../domain/assignment.js';
import { NOTHING_LEARNED } from '../../domain/learned-routes.js';
import type { MailType, UnavailableOutcome } from '../../domain/outcomes.js';
import type { Staff } from '../../domain/staff.js';
import { analyseContent, CONTENT_ENGINE } from '../../engines/content/analyse-content.js';
import { LANGUAGE_ENGINE, type LanguageDetector } from '../../engines/language/detect-language.js';
import { routeMessage, ROUTING_ENGINE } from '../../engines/routing/route-message.js';
import { summarise, SUMMARY_ENGINE } from '../../engines/summary/summarise.js';
import { contentJudge, learnedInput, modelsOf } from '../learned-judge.js';
import type { MessageVectors } from '../message-vectors.js';
import type { RunContext } from '../run-context.js';
import type { StepDefinition, StepDefinitions, StepWork } from '../step-definition.js';

type Enhancement = 'languageDetection' | 'contentAnalysis' | 'routingAnalysis' | 'summary' | 'translation' | 'voice';

const DEADLINE_MS = 10_000;

export function enhancementSteps(
  languages: LanguageDetector,
  vectors: MessageVectors,
): Pick<StepDefinitions, Enhancement> {
  return {
    languageDetection: {
      name: 'languageDetection',
      engine: LANGUAGE_ENGINE,
      deadlineMs: DEADLINE_MS,
      input: ({ contentHash, parsed, languageHistory }) => ({
        content: contentHash,
        history: languages.usesHistory(parsed.subject, parsed.newText) ? languageHistory : null,
      }),
      run: ({ parsed, languageHistory }) => languages.detect(parsed.subject, parsed.newText, languageHistory),
    },
    contentAnalysis: contentAnalysis(vectors),
    routingAnalysis: routingAnalysis(),
    summary: {
      name: 'summary',
      engine: SUMMARY_ENGINE,
      deadlineMs: DEADLINE_MS,
      input: (context) => ({ content: context.contentHash, language: languageOf(context), type: typeOf(context) }),
      run: (context) => summarise(context.parsed, languageOf(context), typeOf(context)),
    },
    translation: unavailable(
      'translation',
      'no translation provider is configured',
      (context) => `the mail stays in ${languageOf(context)}`,
    ),
    voice: unavailable('voice', 'no speech provider is configured', ({ parsed }) => {
      const recordings = parsed.attachments.filter((attachment) => attachment.contentType.startsWith('audio/')).length;
      return recordings === 0 ? 'the mail has no recording either' : `${recordings} recordings stay unheard`;
    }),
  };
}

/** What a failed contentAnalysis leaves the summary with: the type that favours no kind of sentence. */
function typeOf(context: RunContext): MailType {
  return contentFound(context)?.type ?? 'information';
}

/** What a failed languageDetection leaves the others with. */
export function languageOf(context: RunContext): string {
  return context.outcome('languageDetection')?.language ?? 'unknown';
}

function contentAnalysis(vectors: MessageVectors): StepDefinition<'contentAnalysis'> {
  return {
    name: 'contentAnalysis',
    engine: CONTENT_ENGINE,
    deadlineMs: DEADLINE_MS,
    input: (context) => ({
      content: context.contentHash,
      language: languageOf(context),
      origin: context.origin,
      // Relative dates are read against the mail's own, else against the day of its receipt.
      date: context.parsed.date ?? context.facts.receivedAt.slice(0, 10),
      offset: context.parsed.dateOffset,
      day: context.facts.receivedAt.slice(0, 10),
      timeZone: context.organization.timeZone,
      people: [...context.parsed.from, ...context.parsed.to].slice(0, 20).map(({ name, address }) => [name, address]),
      attachments: context.parsed.attachments.map(({ contentType }) => contentType),
      priority: context.parsed.headers.filter(({ name }) => /^(?:importance|x-priority|priority)$/i.test(name)),
      learned: learnedInput(context, 'TYPE', 'PRIORITY'),
    }),
    run: async (context) => {
      await vectors.prepare(context);
      const analysed = analyseContent(context.parsed, languageOf(context), context.origin, {
        now: new Date(context.facts.receivedAt),
        timeZone: context.organization.timeZone,
        judge: contentJudge(context),
      });
      return { ...analysed, outcome: { ...analysed.outcome, models: modelsOf(context) } };
    },
  };
}

function routingAnalysis(): StepDefinition<'routingAnalysis'> {
  return {
    name: 'routingAnalysis',
    engine: ROUTING_ENGINE,
    deadlineMs: DEADLINE_MS,
    input: (context) => ({
      recipients: context.facts.recipients,
      mailboxes: context.organization.mailboxes,
      from: context.parsed.from[0]?.address ?? null,
      subject: context.parsed.subject,
      content: content(context),
      language: languageOf(context),
      learned: context.organization.learnedRoutes,
      assigned: context.organization.learnedAssignments,
      staff: standing(context.organization.staff, new Date()),
    }),
    run: (context) => {
      const learned = context.organization.learnedRoutes ?? NOTHING_LEARNED;
      const { recipients } = context.facts;
      const { mailboxes, staff, learnedAssignments } = context.organization;
      const staffing = { staff, learned: learnedAssignments ?? NOTHING_LEARNED, now: new Date() };
      const found = content(context);
      return routeMessage(recipients, mailboxes, context.parsed, found, languageOf(context), learned, staffing);
    },
  };
}

/** What a choice among them depends on; the clock does not count but for what changes with it. */
function standing({ people, teams, automatic }: Staff, now: Date) {
  return {
    people: people.map((person) => [person.id, person.name, person.open, hindranceOf(person, now)]),
    teams,
    automatic,
  };
}

/** What contentAnalysis found, without what a model proposed. A step that cannot do without it fails with it. */
export function content(context: RunContext) {
  const found = contentFound(context);
  if (found === null) throw new Error('contentAnalysis failed, and this step reads what it finds');
  return found;
}

/** The same; null where it failed. */
export function contentFound(context: RunContext) {
  const outcome = context.outcome('contentAnalysis');
  return outcome && actedOn(outcome);
}

function unavailable<Name extends 'translation' | 'voice'>(
  name: Name,
  reason: string,
  consequence: (context: RunContext) => string,
): StepDefinition<Name> {
  return {
    name,
    engine: { engine: 'none', version: '1' },
    deadlineMs: DEADLINE_MS,
    input: () => null,
    run: (context): StepWork<UnavailableOutcome> => ({
      status: 'UNAVAILABLE',
      outcome: { reason: `${reason}; ${consequence(context)}` },
      confidence: 0,
      error: { code: 'unconfigured', message: reason },
    }),
  };
}
