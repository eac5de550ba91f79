import type { ContentAnalysisOutcome, MailOrigin, MailType, PredictiveActionsOutcome } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { EngineIdentity, StepResult } from '../../domain/step-result.js';
import { asProbability } from '../../domain/step-result.js';
import { dueDateIn } from '../content/due-date.js';
import { hasHeaderField } from '../content/header-fields.js';
import { PhraseBook, wordsOf } from '../language/phrases.js';
import { sentencesOf } from '../language/sentences.js';
import { asksProbability, logisticOf, logitOf } from './reply-model.js';

export const PREDICTION_ENGINE = {
  engine: 'reply-logistic',
  version: '2',
  rules: '2',
  model: 'parakweet-1',
} satisfies EngineIdentity;

export interface PredictionContext {
  now: Date;
  timeZone: string;
  /** ISO 639-1 or `unknown`. */
  language: string;
  /** The addresses that the message was received for. */
  recipients: readonly string[];
}

/** A reason with the logits by which it moves a probability. */
interface Push {
  weight: number;
  reason: string;
}

const READ_SENTENCES = 60;
/** How far a second and third demand raise what the strongest one says. */
const FURTHER_DEMANDS = 0.3;
/** One sentence, however clear, must not outweigh who wrote the mail and to whom; in logits. */
const MOST_OF_A_SENTENCE = 3;
const SHORT_THANKS_WORDS = 30;
const MANY_RECIPIENTS = 5;
const MANY_LINKS = 8;
const NO_REPLY = /^(?:no-?reply|do-?not-?reply|donotreply|bounces?|mailer-daemon)(?:[+@._-]|$)/i;
const THANKS = new PhraseBook<true>(
  [
    'thanks',
    'thank you',
    'danke',
    'vielen dank',
    'merci',
    'gracias',
    'got it',
    'perfect',
    'sounds good',
    'will do',
    'passt',
    'parfait',
    'perfecto',
  ].map((phrase) => [phrase, true] as const),
);
/** What the whole mail adds to what its sentences ask; hand-set, in logits, for no open data says who answered what. */
const BY_ORIGIN: Readonly<Record<MailOrigin, Push>> = {
  person: { weight: 0.5, reason: 'a person wrote it' },
  list: { weight: -1.1, reason: 'it went to a mailing list' },
  bulk: { weight: -3.2, reason: 'it is bulk mail' },
  bounce: { weight: -8, reason: 'a mail server wrote it' },
  complaint: { weight: -8, reason: 'a provider reports a complaint' },
  receipt: { weight: -8, reason: 'it is a receipt' },
  autoReply: { weight: -8, reason: 'it is an automatic reply' },
};
const BY_TYPE: Partial<Record<MailType, number>> = {
  complaint: 1.1,
  question: 0.5,
  request: 0.5,
  application: 0.7,
  meeting: 0.3,
  newsletter: -1.5,
  notification: -1.5,
  information: -0.3,
};

/** Whether a person will want to answer, what is due when, and whether it can go to the archive unread. */
export function predictActions(
  parsed: ParsedMessage,
  content: ContentAnalysisOutcome,
  origin: MailOrigin,
  spamScore: number | null,
  context: PredictionContext,
): StepResult<PredictiveActionsOutcome> {
  const sentences = sentencesOf(parsed.newText, context.language).slice(0, READ_SENTENCES);
  const demand = strongestDemand(sentences, context.language);
  const pushes = [demand.push, ...mailPushes(parsed, content, origin, context), ...spamPushes(spamScore)];
  const replyNeeded = weigh(pushes);
  const due = dueDateIn([parsed.subject, ...sentences], content.entities, context) ?? taskDue(content, context);
  const archive = weigh(archivePushes(content, origin, replyNeeded.probability, due !== null, parsed));
  const outcome = { replyNeeded, dueAt: due?.at.toISOString() ?? null, dueText: due?.text ?? null, archive };
  return { outcome, confidence: confidenceOf(outcome, due?.confidence ?? null, wordsOf(parsed.newText).length) };
}

/** Of what the reader is asked to do: `send it tomorrow` is due then, though no word calls it a deadline. */
function taskDue({ actionItems = [] }: ContentAnalysisOutcome, { now }: PredictionContext) {
  const [first] = actionItems
    .flatMap(({ who, dueAt, dueText, confidence }) =>
      who === 'person' || dueAt === null ? [] : [{ at: new Date(dueAt), text: dueText ?? '', confidence }],
    )
    .filter(({ at }) => at >= now)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return first ?? null;
}

function weigh(pushes: readonly Push[]): { probability: number; reasons: string[] } {
  const moved = pushes.filter(({ weight }) => weight !== 0);
  const logit = moved.reduce((sum, { weight }) => sum + weight, 0);
  const strongest = [...moved].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return { probability: logisticOf(logit), reasons: strongest.map(({ reason }) => reason) };
}

/** What the sentence that asks most says, raised by what the others ask. */
function strongestDemand(sentences: readonly string[], language: string): { push: Push } {
  let strongest = { probability: 0.05, sentence: '' };
  let others = 0;
  for (const sentence of sentences) {
    const probability = asksProbability(sentence, language);
    if (probability > strongest.probability) {
      others += Math.max(0, strongest.probability - 0.5);
      strongest = { probability, sentence };
    } else {
      others += Math.max(0, probability - 0.5);
    }
  }
  const asked = Math.max(-MOST_OF_A_SENTENCE, Math.min(MOST_OF_A_SENTENCE, logitOf(strongest.probability)));
  const weight = asked + Math.min(1, FURTHER_DEMANDS * others);
  const quote = strongest.sentence.length > 120 ? `${strongest.sentence.slice(0, 119)}…` : strongest.sentence;
  const reason = weight > 0 ? `it asks: "${quote}"` : 'no sentence of it clearly asks for anything';
  return { push: { weight, reason } };
}

function mailPushes(
  parsed: ParsedMessage,
  content: ContentAnalysisOutcome,
  origin: MailOrigin,
  { recipients }: PredictionContext,
): Push[] {
  const pushes: Push[] = [BY_ORIGIN[origin]];
  const byType = BY_TYPE[content.type];
  if (byType !== undefined)
    pushes.push({ weight: byType * content.typeConfidence, reason: `it is of the type ${content.type}` });
  pushes.push(addressing(parsed, recipients));
  const meeting = Math.max(0, ...(content.meetings ?? []).map(({ confidence }) => confidence));
  if (meeting > 0 && origin === 'person') pushes.push({ weight: 0.6 * meeting, reason: 'it proposes a meeting' });
  const words = wordsOf(parsed.newText);
  if (words.length < SHORT_THANKS_WORDS && content.questions.length === 0 && THANKS.has(words)) {
    pushes.push({ weight: -1.6, reason: 'it only thanks or agrees' });
  }
  if (words.length === 0) pushes.push({ weight: -0.8, reason: 'it has no text of its own' });
  if (parsed.links.length > MANY_LINKS) {
    pushes.push({ weight: -1, reason: `it has ${parsed.links.length} links, as mass mail does` });
  }
  if (NO_REPLY.test(parsed.from[0]?.address ?? '')) pushes.push({ weight: -3, reason: 'its sender takes no answers' });
  return pushes;
}

/** To one person, to many, in copy, or not named at all. */
function addressing(parsed: ParsedMessage, recipients: readonly string[]): Push {
  const ours = new Set(recipients.map((recipient) => recipient.toLowerCase()));
  const isOurs = ({ address }: { address: string }) => ours.has(address.toLowerCase());
  if (parsed.to.some(isOurs)) {
    if (parsed.to.length + parsed.cc.length === 1) return { weight: 0.5, reason: 'it is addressed to you alone' };
    if (parsed.to.length > MANY_RECIPIENTS) return { weight: -0.8, reason: `it went to ${parsed.to.length} people` };
    return { weight: 0.1, reason: 'it is addressed to you' };
  }
  if (parsed.cc.some(isOurs)) return { weight: -1.2, reason: 'you are only in copy' };
  return { weight: -0.5, reason: 'you are not named among its recipients' };
}

function spamPushes(spamScore: number | null): Push[] {
  if (spamScore === null || spamScore < 0.3) return [];
  return [{ weight: -5 * spamScore, reason: `it may be spam (${Math.round(spamScore * 100)} %)` }];
}

function archivePushes(
  content: ContentAnalysisOutcome,
  origin: MailOrigin,
  reply: number,
  due: boolean,
  parsed: ParsedMessage,
): Push[] {
  const pushes: Push[] = [{ weight: -1.2, reason: 'most mail is worth a look' }];
  if (origin === 'bulk') pushes.push({ weight: 1.3, reason: 'it is bulk mail' });
  if (origin === 'list') pushes.push({ weight: 0.6, reason: 'it came over a mailing list' });
  if (content.type === 'newsletter')
    pushes.push({ weight: 1.4 * content.typeConfidence, reason: 'it is a newsletter' });
  if (content.type === 'notification')
    pushes.push({ weight: 0.9 * content.typeConfidence, reason: 'it is a notification' });
  if (hasHeaderField(parsed, 'List-Unsubscribe')) pushes.push({ weight: 0.4, reason: 'it can be unsubscribed from' });
  if (reply > 0.3) pushes.push({ weight: -4 * (reply - 0.3), reason: 'it may need an answer' });
  else pushes.push({ weight: 0.9 * (0.3 - reply) * 2, reason: 'nobody needs to answer it' });
  if (due) pushes.push({ weight: -1.5, reason: 'something in it is due' });
  if (content.priority === 'high' || content.priority === 'urgent')
    pushes.push({ weight: -1.8, reason: `it is ${content.priority}` });
  if (parsed.attachments.some(({ disposition }) => disposition === 'attachment')) {
    pushes.push({ weight: -0.6, reason: 'it carries attachments' });
  }
  return pushes;
}

/** How far both probabilities are from a coin's toss, less where there was little to read. */
function confidenceOf(outcome: PredictiveActionsOutcome, due: number | null, words: number): number {
  const decided = (probability: number) => Math.max(probability, 1 - probability);
  const parts = [decided(outcome.replyNeeded.probability), decided(outcome.archive.probability)];
  if (due !== null) parts.push(due);
  const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
  return asProbability(mean * (1 - 0.3 * Math.exp(-words / 6)));
}
