import { workerData } from 'piscina';
import type {
  DraftAnswer,
  DraftCheck,
  DraftTask,
  DraftThreadAnswer,
  DraftThreadData,
  DraftWarning,
} from '../../domain/composition.js';
import { LanguageDetector } from '../language/detect-language.js';
import { loadDictionary, loadedDictionary } from './dictionaries.js';
import { GrammarBroken, grammarWarnings } from './grammar.js';
import { missingAttachment } from './missing-attachment.js';
import { ownLines } from './own-lines.js';
import { spellingWarnings } from './spelling.js';
import { toneWarnings } from './tone.js';

const { ngrams } = workerData as DraftThreadData;
const languages = new LanguageDetector(() => ngrams);
const TONE_LANGUAGES = ['en', 'de', 'fr', 'es'];

/** What a thread that checks drafts runs. One check that fails takes no other with it. */
export default async function check(task: DraftTask): Promise<DraftThreadAnswer> {
  const text = ownLines(task.text);
  const language = task.language ?? languages.detect(task.subject, text).outcome.language;
  if (loadedDictionary(language) === undefined && task.dictionary === undefined) return { wants: language };
  const known = new Set(task.knownWords.map((word) => word.toLowerCase()));
  const warnings: DraftWarning[] = [];
  const checked: DraftCheck[] = [];
  const unchecked: DraftAnswer['unchecked'] = [];
  let broken = false;
  const run = async (name: DraftCheck, work: () => DraftWarning[] | string | Promise<DraftWarning[] | string>) => {
    const found = await Promise.resolve()
      .then(work)
      .catch((error: unknown) => {
        broken ||= error instanceof GrammarBroken;
        return (error instanceof Error ? error.message : String(error)).slice(0, 200);
      });
    if (typeof found === 'string') {
      unchecked.push({ check: name, reason: found });
      return;
    }
    warnings.push(...found);
    checked.push(name);
  };
  await run('GRAMMAR', () =>
    language === 'en' ? grammarWarnings(text, known) : `there is no grammar of the language ${language}`,
  );
  await run('SPELLING', async () => {
    const dictionary = loadedDictionary(language) ?? (await loadDictionary(language, task.dictionary ?? null));
    if (dictionary === null) return `there is no dictionary of the language ${language}`;
    return spellingWarnings(text, language, dictionary, known);
  });
  await run('TONE', () =>
    TONE_LANGUAGES.includes(language) ? toneWarnings(text, language) : toneWarnings(text, 'unknown'),
  );
  await run('ATTACHMENT', () => missingAttachment(text, language, task.attachments));
  // A misspelt word is told once, by whoever knows more of it.
  const grammar = warnings.filter(({ check: by }) => by === 'GRAMMAR');
  const kept = warnings.filter(
    (warning) => warning.check !== 'SPELLING' || !grammar.some((other) => covers(other, warning)),
  );
  kept.sort((a, b) => (a.start ?? -1) - (b.start ?? -1));
  return { language, warnings: kept, checked, unchecked, broken };
}

function covers(outer: DraftWarning, inner: DraftWarning): boolean {
  return (
    outer.start !== null && inner.start !== null && outer.start <= inner.start && (outer.end ?? 0) >= (inner.end ?? 0)
  );
}
