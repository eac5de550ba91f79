import type { LocalLinter } from 'harper.js';
import type { DraftWarning } from '../../domain/composition.js';

/** About a millisecond a sentence. */
const LONGEST_CHECKED = 20_000;
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

/** Faults of English grammar. @param text own lines alone */
export async function grammarWarnings(text: string, knownWords: ReadonlySet<string>): Promise<DraftWarning[]> {
  linter ??= createLinter().catch((error: unknown) => {
    linter = null;
    throw error;
  });
  const { SuggestionKind } = await import('harper.js');
  const lints = await (await linter).lint(text.slice(0, LONGEST_CHECKED), { language: 'plaintext' });
  const warnings: DraftWarning[] = [];
  for (const lint of lints) {
    const span = lint.span();
    const { start, end } = span;
    const kind = lint.lint_kind();
    const words = text.slice(start, end);
    if (!LEFT_OUT.has(kind) && !namesSomebody(words, knownWords) && warnings.length < MOST_WARNINGS) {
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
