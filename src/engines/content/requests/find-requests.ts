import type { Entity, MailOrigin } from '../../../domain/outcomes.js';
import type { MeetingProposal, Task } from '../../../domain/requests.js';
import { asProbability } from '../../../domain/step-result.js';
import type { ParsedMessage } from '../../../domain/parsed-message.js';
import { ownSentences } from '../../summary/own-sentences.js';
import { dueDateIn, momentOf } from '../due-date.js';
import { partyNamed, peopleOf, personActs, type People } from './parties.js';
import { actsOf } from './sentence-acts.js';

export interface Requests {
  /** What somebody is asked to do or to tell; a plain question is one of the mail's questions as well. */
  actionItems: Task[];
  /** What the writer, or whom they name, will do. */
  commitments: Task[];
  meetings: MeetingProposal[];
}

export interface RequestContext {
  now: Date;
  timeZone: string;
  origin: MailOrigin;
}

/** A mail's point stands in its first screens; time grows with every sentence. */
const SENTENCES = 120;
const LIMIT = 10;
const LONGEST = 300;
const LIKELY = 0.5;
/** What mass mail asks of everybody is no task of anybody. */
const MASS_MAIL = 0.5;
/** A date beside a task is when it is to be done less surely than one behind `by` or `until`. */
const BESIDE = 0.7;
const MARKS = /^(?:[-*•–—·+>]|\(?\d{1,3}[.)]|[a-z][.)]|p\.?\s?s\.?:?)\s+/i;
/** An answer with times behind `can we meet?`: short, and next to it. */
const TIMES_BEHIND = 120;

/** What a mail asks for, promises and proposes, sentence by sentence; at most ten of each, in their order. */
export function requestsIn(
  parsed: Pick<ParsedMessage, 'from' | 'to' | 'cc'>,
  sentences: readonly string[],
  language: string,
  entities: readonly Entity[],
  context: RequestContext,
): Requests {
  const said = ownSentences(sentences, parsed.from[0]?.name ?? '').slice(0, SENTENCES);
  const people = peopleOf(parsed, entities);
  const dates = entities.filter(({ kind }) => kind === 'dateTime');
  const certainty = context.origin === 'bulk' ? MASS_MAIL : 1;
  const found: Requests = { actionItems: [], commitments: [], meetings: [] };
  said.forEach(({ text }, index) => {
    const named = dates.filter((date) => text.includes(flat(date.text)));
    const ahead = named.filter((date) => momentOf(date.until ?? date.value, context.timeZone) >= context.now);
    const acts = actsOf(text, language, ahead.length > 0);
    const meeting = acts.meeting * certainty >= LIKELY;
    if (meeting) {
      const behind = said[index + 1]?.text ?? '';
      const times =
        ahead.length > 0 || behind.length > TIMES_BEHIND
          ? ahead
          : dates.filter((date) => behind.includes(flat(date.text)));
      found.meetings.push({
        text: cleaned(text),
        times: timesOf(times),
        confidence: asProbability(acts.meeting * certainty),
      });
    }
    const stated = dueOf(text, named, ahead, context);
    // The time of a meeting is when it takes place, not when its answer is due.
    const task = (probability: number, due: typeof stated): Omit<Task, 'who' | 'name'> => {
      return {
        text: cleaned(text),
        dueAt: due?.at.toISOString() ?? null,
        dueText: due?.text ?? null,
        confidence: asProbability(probability * certainty),
      };
    };
    const other = partyOf(text, people);
    if (acts.request * certainty >= LIKELY && other?.who !== 'writer') {
      found.actionItems.push({
        ...task(acts.request, meeting ? null : stated),
        who: other?.who ?? 'reader',
        name: other?.name ?? null,
      });
    }
    const promise = promiseOf(text, acts.commitment, other);
    if (promise !== null && promise.probability * certainty >= LIKELY) {
      found.commitments.push({ ...task(promise.probability, stated), who: promise.who, name: promise.name });
    }
  });
  return {
    actionItems: found.actionItems.slice(0, LIMIT),
    commitments: found.commitments.slice(0, LIMIT),
    meetings: found.meetings.slice(0, LIMIT),
  };
}

const NAMED_PROMISE = 0.65;

function partyOf(text: string, people: People) {
  return partyNamed(text.replace(MARKS, ''), people);
}

/** Of the writer, or of a third person of whom the mail says that they will. */
function promiseOf(text: string, own: number, party: ReturnType<typeof partyNamed>) {
  if (own >= LIKELY) return { probability: own, who: 'writer' as const, name: null };
  if (party?.who !== 'person' || !personActs(text.replace(MARKS, '')) || text.trimEnd().endsWith('?')) return null;
  return { probability: NAMED_PROMISE, who: party.who, name: party.name };
}

/** A date behind a word like `by`, else the first date to come that the sentence names. */
function dueOf(text: string, named: readonly Entity[], ahead: readonly Entity[], context: RequestContext) {
  const stated = dueDateIn([text], named, context);
  if (stated !== null) return stated;
  const [first] = ahead
    .filter(({ confidence }) => confidence * BESIDE >= LIKELY)
    .map((date) => ({ at: momentOf(date.until ?? date.value, context.timeZone), text: date.text }))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return first ?? null;
}

const TIMES = 8;

/** Each time once, however often it is named. */
function timesOf(dates: readonly Entity[]): MeetingProposal['times'] {
  const times = dates.map(({ text, value, until }) => ({ text, start: value, end: until ?? null }));
  return times.filter(({ start }, at) => times.findIndex((other) => other.start === start) === at).slice(0, TIMES);
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function cleaned(text: string): string {
  const bare = text.replace(MARKS, '').replace(/\s+/g, ' ').trim();
  return bare.length <= LONGEST ? bare : `${bare.slice(0, LONGEST - 1)}…`;
}
