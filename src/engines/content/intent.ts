import { MAIL_INTENTS, type IntentFound, type MailIntent } from '../../domain/mail-intent.js';
import { readClassifier } from '../learning/classifier-format.js';
import { rowOf, scoresOf, softmax, type Classifier } from '../learning/classifier.js';
import { featuresOf } from '../learning/text-features.js';
import { INTENT_WEIGHTS } from './intent-weights.generated.js';

/** A mail says what it wants near its beginning; time grows with every sentence. */
const SENTENCES = 16;
const SENTENCE_CHARACTERS = 300;
/** Shorter ones are greetings and names. */
const LEAST_CHARACTERS = 8;
/** One sentence among many that informs is no reason to call the mail so: what wants something of its reader comes first. */
const WANTS: Readonly<Record<MailIntent, number>> = { complains: 1, asks: 1, commits: 0.9, thanks: 0.6, informs: 0.5 };

let loaded: Classifier | undefined;

/** The weights that ship, decoded at the first use. */
function intentModel(): Classifier {
  loaded ??= readClassifier(Buffer.from(INTENT_WEIGHTS, 'base64'));
  return loaded;
}

/** How likely a sentence has each intent, summing to 1. */
export function intentsOf(sentence: string, model: Classifier = intentModel()): Map<MailIntent, number> {
  const row = rowOf(featuresOf({ subject: '', text: sentence.slice(0, SENTENCE_CHARACTERS) }), model);
  const probabilities = softmax(scoresOf(model, row), model.temperature);
  return new Map(MAIL_INTENTS.map((intent) => [intent, probabilities[model.labels.indexOf(intent)] ?? 0]));
}

export interface MailIntents extends IntentFound {
  /** For each intent how likely the surest sentence has it. */
  likelihoods: ReadonlyMap<MailIntent, number>;
  /** Sentences that rather ask than not. */
  asking: string[];
}

/** What a mail is there to do: the surest of its sentences, those that want something of their reader before the others. */
export function mailIntent(sentences: readonly string[]): MailIntents {
  const likelihoods = new Map<MailIntent, number>(MAIL_INTENTS.map((intent) => [intent, 0]));
  const best = new Map<MailIntent, string>();
  const asking: string[] = [];
  for (const sentence of sentences.filter(({ length }) => length >= LEAST_CHARACTERS).slice(0, SENTENCES)) {
    const intents = intentsOf(sentence);
    if ((intents.get('asks') ?? 0) >= 0.5) asking.push(sentence);
    for (const [intent, probability] of intents) {
      if (probability <= (likelihoods.get(intent) ?? 0)) continue;
      likelihoods.set(intent, probability);
      best.set(intent, sentence);
    }
  }
  const [intent = 'informs', confidence = 0] =
    [...likelihoods].toSorted(([one, a], [other, b]) => b * WANTS[other] - a * WANTS[one])[0] ?? [];
  return { intent, confidence, sentence: best.get(intent)?.slice(0, SENTENCE_CHARACTERS) ?? null, likelihoods, asking };
}
