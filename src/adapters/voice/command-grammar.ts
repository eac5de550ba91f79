import { SPOKEN_CLOSINGS, SPOKEN_SENTENCES, SPOKEN_SUBJECTS } from '../../domain/dictation/spoken-command.js';
import { nameWords } from '../../domain/dictation/spoken-name.js';

/** Names of a grammar: more of them are confused with each other. */
export const MOST_NAMES = 200;

/** Names as they are spoken: whole, or the first word of them alone. */
export interface SpokenNames {
  names: string[][];
  words: Set<string>;
}

/** The words of names that can be said: Latin letters, no more than five of them. */
export function spokenNames(names: readonly string[]): SpokenNames {
  const all = new Map<string, string[]>();
  for (const name of names) {
    const words = nameWords(name).filter((word) => /^[a-z]{2,20}$/.test(word));
    if (words.length > 0 && words.length <= 5) all.set(words.join(' '), words);
    if (all.size === MOST_NAMES) break;
  }
  const list = [...all.values()];
  return { names: list, words: new Set(list.flat()) };
}

const COMMAND_WORDS =
  'send mail this to copy carbon cc subject new next paragraph line delete scratch that undo read back it sign off with say and';

/** Every word of the grammar but those of names. */
export function grammarWords(): Set<string> {
  const phrases = [...SPOKEN_SUBJECTS, ...Object.keys(SPOKEN_SENTENCES), ...Object.keys(SPOKEN_CLOSINGS)];
  return new Set([COMMAND_WORDS, ...phrases].flatMap((phrase) => phrase.split(' ')));
}

/**
 * The commands as a grammar (JSGF). Its words are letters alone, so nothing in a name can be syntax.
 *
 * @param names each of whose words has a pronunciation
 */
export function commandGrammar(names: readonly string[][]): string {
  const spoken = names.map(([first, ...rest]) => (rest.length === 0 ? first! : `${first} [ ${rest.join(' ')} ]`));
  const named = spoken.length > 0;
  const commands = [
    ...(named ? ['( send | mail ) [ it | this ] to <name> [ and <name> ]'] : []),
    ...(named ? ['( cc | copy | carbon copy ) [ to ] <name> [ and <name> ]'] : []),
    `subject ( ${SPOKEN_SUBJECTS.join(' | ')} )`,
    '( new | next ) paragraph',
    '( new | next ) line',
    '( delete | scratch | undo ) that',
    'read [ it | that ] back',
    `sign off [ [ with ] ( ${Object.keys(SPOKEN_CLOSINGS).join(' | ')} ) ]`,
    `say ( ${Object.keys(SPOKEN_SENTENCES).join(' | ')} )`,
  ];
  return [
    '#JSGF V1.0;',
    'grammar commands;',
    `public <command> = ${commands.map((command) => `( ${command} )`).join(' | ')};`,
    ...(named ? [`<name> = ${[...new Set(spoken)].join(' | ')};`] : []),
    '',
  ].join('\n');
}

/** Seconds: the longest command, two people in full, spoken slowly. Who speaks on for longer says something else. */
const LONGEST_COMMAND = 3.2;
const WORD = /^(\S+) (\d+\.\d+) (\d+\.\d+) \d+\.\d+$/;

/**
 * Of what was recognised (an utterance, then a line for each of its words with its times): the commands, and how many
 * utterances were none.
 */
export function readHypotheses(output: string): { commands: string[]; others: number } {
  const utterances: { text: string; start: number; end: number }[] = [];
  for (const line of output.split('\n').map((one) => one.trim())) {
    const [, word, start, end] = WORD.exec(line) ?? [];
    const last = utterances.at(-1);
    if (word === undefined) {
      if (line !== '') utterances.push({ text: line, start: Infinity, end: 0 });
    } else if (last !== undefined && /^[a-z]/.test(word)) {
      last.start = Math.min(last.start, Number(start));
      last.end = Math.max(last.end, Number(end));
    }
  }
  const commands = utterances.filter(({ start, end }) => end - start <= LONGEST_COMMAND && end > 0);
  return { commands: commands.map(({ text }) => text), others: utterances.length - commands.length };
}
