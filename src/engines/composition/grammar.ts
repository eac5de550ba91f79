import type { LocalLinter } from 'harper.js';
import type { DraftWarning } from '../../domain/composition.js';
import { plainProse, stretchesOf } from './plain-prose.js';

/** About a millisecond a sentence. */
const LONGEST_CHECKED = 20_000;
/** Its time grows with the square of a text of fragments. */
const STRETCH = 1_500;
const MOST_WARNINGS = 100;
/** Spelling is Hunspell's; the others are taste, or fail on lists, headings and names. */
const LEFT_OUT = new Set([
  'Spelling',
  'Formatting',
  'Style',
  'Readability',
  'Enhancement',
  'Capitalization',
  'Regionalism',
]);

let linter: Promise<LocalLinter> | null = null;

async function createLinter(): Promise<LocalLinter> {
  const [{ LocalLinter, Dialect }, { binary }] = await Promise.all([import('harper.js'), import('harper.js/binary')]);
  const started = new LocalLinter({ binary, dialect: Dialect.American });
  await started.setup();
  return started;
}

/** The checker broke inside of its own code: it answers nothing any more in this thread, whatever it is asked. */
export class GrammarBroken extends Error {
  override name = 'GrammarBroken';

  constructor(cause: unknown) {
    super('the grammar could not be checked: its checker failed at this text', { cause });
  }
}

/**
 * Faults of English grammar.
 *
 * @param text own lines alone
 * @throws GrammarBroken
 */
export async function grammarWarnings(text: string, knownWords: ReadonlySet<string>): Promise<DraftWarning[]> {
  linter ??= createLinter().catch((error: unknown) => {
    linter = null;
    throw error;
  });
  const started = await linter;
  const prose = plainProse(text.slice(0, LONGEST_CHECKED));
  const warnings: DraftWarning[] = [];
  for (const stretch of stretchesOf(prose, STRETCH)) {
    if (warnings.length >= MOST_WARNINGS) break;
    if (!/\p{L}/u.test(stretch.text)) continue;
    const found = await faultsIn(started, stretch.text, knownWords).catch((error: unknown) => {
      throw new GrammarBroken(error);
    });
    for (const { start, end, ...warning } of found)
      warnings.push({ ...warning, start: start + stretch.at, end: end + stretch.at });
  }
  return warnings.slice(0, MOST_WARNINGS);
}

async function faultsIn(started: LocalLinter, text: string, knownWords: ReadonlySet<string>) {
  const { SuggestionKind } = await import('harper.js');
  const warnings: (DraftWarning & { start: number; end: number })[] = [];
  for (const lint of await started.lint(text, { language: 'plaintext' })) {
    const span = lint.span();
    const { start, end } = span;
    const kind = lint.lint_kind();
    if (!LEFT_OUT.has(kind) && !namesSomebody(text.slice(start, end), knownWords)) {
      const suggestions = lint.suggestions();
      warnings.push({
        check: 'GRAMMAR',
        code: `grammar.${kind.charAt(0).toLowerCase()}${kind.slice(1)}`,
        start,
        end,
        address: null,
        explanation: lint.message().replaceAll('`', '"'),
        suggestions: suggestions
          .map((suggestion) => (suggestion.kind() === SuggestionKind.Remove ? '' : suggestion.get_replacement_text()))
          .slice(0, 3),
      });
      for (const suggestion of suggestions) suggestion.free();
    }
    span.free();
    lint.free();
  }
  return warnings;
}

function namesSomebody(words: string, knownWords: ReadonlySet<string>): boolean {
  return words.split(/[^\p{L}\p{M}'’-]+/u).some((word) => knownWords.has(word.toLowerCase()));
}
