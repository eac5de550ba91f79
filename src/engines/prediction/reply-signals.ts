import { PhraseBook, wordsOf } from '../language/phrases.js';

/** What a sentence does that bears on whether its reader is asked for something; the same in every language. */
export const CONCEPTS = [
  'questionMark',
  'asksYou',
  'questionWordFirst',
  'please',
  'pleaseNote',
  'imperativeFirst',
  'need',
  'letMeKnow',
  'wish',
  'availability',
  'thanks',
  'advertises',
  'ifYouFirst',
  'willDoMyself',
  'deadline',
  'you',
  'length',
] as const;
export type Concept = (typeof CONCEPTS)[number];

const anywhere = (concept: Concept, phrases: string): [string, Concept][] =>
  phrases.split('|').map((phrase) => [phrase.trim(), concept]);

/** Concepts by the phrases that show them, in English, German, French and Spanish. */
const ANYWHERE = new PhraseBook<Concept>([
  ...anywhere(
    'asksYou',
    `could you|can you|would you|will you|do you|are you|have you|did you|were you|is it possible|may i ask|would it be possible|you think|
    konnten sie|konnen sie|konntest du|kannst du|wurden sie|haben sie|hast du|sind sie|ware es moglich|ist es moglich|konnt ihr|
    pouvez vous|pourriez vous|peux tu|pourrais tu|avez vous|as tu|est ce que|etes vous|serait il possible|
    podria|podrian|puedes|puede usted|podrias|tienes|tienen|esta usted|seria posible|es posible`,
  ),
  ...anywhere(
    'please',
    'please|pls|plz|kindly|bitte|veuillez|merci de|priere de|je vous prie|por favor|le ruego|les ruego|le agradeceria',
  ),
  ...anywhere(
    'pleaseNote',
    `please note|please find|please do not|please be advised|please ignore|please disregard|please click|please visit|please feel free|bitte beachten|bitte nicht|
    veuillez noter|veuillez trouver|ne pas repondre|tenga en cuenta|por favor no`,
  ),
  ...anywhere(
    'need',
    `i need|we need|need you|needs to|you need to|you should|you must|i want you|we want you|want you to|required to|
    ich brauche|wir brauchen|ich benotige|wir benotigen|sie mussen|du musst|wir bitten|ich bitte|
    j'ai besoin|nous avons besoin|vous devez|il faut|je vous demande|necesito|necesitamos|debe|tiene que|solicito|solicitamos`,
  ),
  ...anywhere(
    'letMeKnow',
    `let me know|let us know|get back to me|get back to us|give me a call|call me|contact me|email me|your thoughts|your input|your comments|any comments|any questions|your approval|
    geben sie bescheid|gib bescheid|bescheid geben|ruckmeldung|melden sie sich|melde dich|antworten sie|ihre meinung|
    tenez moi au courant|dites moi|faites moi savoir|votre avis|votre retour|rappelez moi|repondez moi|
    avisame|digame|dime|hagame saber|su opinion|su respuesta|quedo a la espera|espero su|llameme`,
  ),
  ...anywhere(
    'wish',
    `i would like|we would like|i'd like|we'd like|would appreciate|would be great|would like you|i hope you|would love|i was wondering|wondering if|be great if|
    ich mochte|wir mochten|ich wurde gern|ich wurde mich freuen|freuen wenn|ware schon|ware toll|
    je voudrais|nous voudrions|je souhaite|j'aimerais|nous souhaitons|serait bien|quisiera|quisieramos|me gustaria|nos gustaria|seria bueno`,
  ),
  ...anywhere(
    'availability',
    `available|are you free|schedule|meet|set up|what time|convenient|work for you|suit you|
    zeit haben|passt ihnen|passt dir|termin|disponible|disponibilites|vous convient|te convient|disponibilidad|le viene bien|te viene bien`,
  ),
  ...anywhere(
    'thanks',
    'thank you|thanks|thx|appreciate your|danke|vielen dank|merci beaucoup|merci pour|gracias|muchas gracias|remercie',
  ),
  ...anywhere(
    'advertises',
    `click|unsubscribe|subscribe|free|offer|save|earn|buy|order now|sign up|discount|deal|limited time|visit|download|shop|
    abmelden|rabatt|angebot|gratis|kostenlos|jetzt kaufen|promotion|reduction|gratuit|cliquez|descuento|oferta|haga clic|compre`,
  ),
  ...anywhere(
    'willDoMyself',
    `i will|we will|i'll|we'll|i am going to|i have sent|i sent|attached is|ich werde|wir werden|ich habe|je vais|nous allons|j'ai envoye|voy a|vamos a|he enviado`,
  ),
  ...anywhere(
    'deadline',
    `asap|as soon as possible|by tomorrow|by monday|by friday|by the end|no later than|deadline|by close of business|today|
    so schnell wie moglich|bis morgen|bis freitag|bis spatestens|bis zum|heute noch|des que possible|avant vendredi|avant demain|au plus tard|
    lo antes posible|cuanto antes|antes del|a mas tardar|para manana`,
  ),
  ...anywhere('you', 'you|your|yours|sie|ihnen|ihre|du|dir|dein|deine|vous|votre|vos|tu|ton|usted|ustedes|su|tus'),
]);
const first = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));
const QUESTION_WORDS = first(`what when where who whom whose which why how is are was were do does did can could would
  should will shall may any anyone has have was wann wo wer wem wen welche welcher welches warum wieso wie ist sind hat haben
  konnen quel quelle quels quand ou qui pourquoi comment combien est que cuando donde quien cual cuales por como cuanto hay`);
const IMPERATIVES =
  first(`send call let give forward review confirm check contact email get make take put find add update
  provide call tell ask look read sign print fax mail include bring come try help remember remind prepare draft see advise
  respond reply submit approve keep change fix do have use pass schedule arrange attend join consider feel
  senden schicken rufen geben prufen bestatigen teilen melden antworten lesen sende schick ruf gib pruf sag schau
  envoyez appelez donnez verifiez confirmez repondez dites faites envoie appelle donne envie llame confirme revise
  responda diga envia llama confirma revisa responde mande manda`);
/** Small words that may stand before the verb of a demand. */
const BEFORE_VERB = first('please pls also then so and just kindly bitte por favor ok and but');
const ASKS = /\?["'”’)\]]*\s*$/;

export interface SentenceSignals {
  concepts: Partial<Record<Concept, number>>;
  /** Folded single words and pairs, `^` marking the start: what the English model reads besides the concepts. */
  terms: string[];
}

export function signalsOf(sentence: string): SentenceSignals {
  const words = wordsOf(sentence.slice(0, 600));
  const concepts: Partial<Record<Concept, number>> = {};
  for (const { meaning } of ANYWHERE.find(words)) concepts[meaning] = 1;
  if (ASKS.test(sentence)) concepts.questionMark = 1;
  const verb = words.find((word) => !BEFORE_VERB.has(word)) ?? '';
  if (QUESTION_WORDS.has(words[0] ?? '')) concepts.questionWordFirst = 1;
  if (IMPERATIVES.has(verb) && words.indexOf(verb) < 3) concepts.imperativeFirst = 1;
  if (words[0] === 'if' && words[1] === 'you') concepts.ifYouFirst = 1;
  concepts.length = Math.log(1 + words.length) / 4;
  return { concepts, terms: termsOf(words) };
}

function termsOf(words: readonly string[]): string[] {
  const marked = ['^', ...words.map((word) => (/\d/.test(word) ? '0' : word))];
  const pairs = marked.slice(1).map((word, at) => `${marked[at]} ${word}`);
  return [...new Set([...marked.slice(1), ...pairs])];
}
