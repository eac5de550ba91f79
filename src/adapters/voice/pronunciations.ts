import { readFile } from 'node:fs/promises';
import { ProgramFailure, runProgram } from '../programs/run-program.js';

/** Symbols of espeak-ng's IPA for English, longest first, as phones of the acoustic model. */
const PHONES: readonly (readonly [string, string])[] = [
  ['tʃ', 'CH'],
  ['dʒ', 'JH'],
  ['eɪ', 'EY'],
  ['aɪ', 'AY'],
  ['aʊ', 'AW'],
  ['ɔɪ', 'OY'],
  ['oʊ', 'OW'],
  ['əʊ', 'OW'],
  ['ɑː', 'AA'],
  ['ɔː', 'AO'],
  ['oː', 'AO'],
  ['iː', 'IY'],
  ['uː', 'UW'],
  ['ɜː', 'ER'],
  ['əl', 'AH L'],
  ['ɚ', 'ER'],
  ['ɝ', 'ER'],
  ['i', 'IY'],
  ['ɪ', 'IH'],
  ['ᵻ', 'IH'],
  ['ɛ', 'EH'],
  ['e', 'EH'],
  ['æ', 'AE'],
  ['a', 'AE'],
  ['ɑ', 'AA'],
  ['ɒ', 'AA'],
  ['ɔ', 'AO'],
  ['o', 'OW'],
  ['ʊ', 'UH'],
  ['u', 'UW'],
  ['ʌ', 'AH'],
  ['ə', 'AH'],
  ['ɐ', 'AH'],
  ['p', 'P'],
  ['b', 'B'],
  ['t', 'T'],
  ['ɾ', 'D'],
  ['d', 'D'],
  ['k', 'K'],
  ['ɡ', 'G'],
  ['g', 'G'],
  ['f', 'F'],
  ['v', 'V'],
  ['θ', 'TH'],
  ['ð', 'DH'],
  ['s', 'S'],
  ['z', 'Z'],
  ['ʃ', 'SH'],
  ['ʒ', 'ZH'],
  ['h', 'HH'],
  ['x', 'K'],
  ['ç', 'HH'],
  ['m', 'M'],
  ['n', 'N'],
  ['ŋ', 'NG'],
  ['l', 'L'],
  ['ɫ', 'L'],
  ['ɹ', 'R'],
  ['r', 'R'],
  ['j', 'Y'],
  ['w', 'W'],
  ['ʔ', 'T'],
];

/** How words are pronounced, several ways each. */
export type Pronunciations = Map<string, string[]>;

/**
 * Of the dictionary that comes with the acoustic model (CMUdict); and names as espeak-ng, too, reads them: people say
 * foreign ones as they are written. A word that neither knows is left out.
 */
export async function pronunciationsOf(
  words: ReadonlySet<string>,
  names: ReadonlySet<string>,
  dictionary: string,
  signal: AbortSignal,
): Promise<Pronunciations> {
  const found = lookUp(new Set([...words, ...names]), await readFile(dictionary, 'latin1'));
  if (words.has('cc')) found.set('cc', ['S IY S IY']);
  for (const [word, phones] of await spokenByEspeak([...names], signal)) {
    const ways = found.get(word) ?? [];
    if (!ways.includes(phones)) found.set(word, [...ways, phones]);
  }
  return found;
}

function lookUp(words: ReadonlySet<string>, dictionary: string): Pronunciations {
  const found: Pronunciations = new Map();
  for (const word of words) {
    const ways: string[] = [];
    for (let way = 1; ; way++) {
      const entry = `\n${way === 1 ? word : `${word}(${way})`} `;
      const at = dictionary.indexOf(entry);
      if (at === -1) break;
      const start = at + entry.length;
      ways.push(dictionary.slice(start, dictionary.indexOf('\n', start)).trim());
    }
    if (ways.length > 0) found.set(word, ways);
  }
  return found;
}

async function spokenByEspeak(words: string[], signal: AbortSignal): Promise<[string, string][]> {
  if (words.length === 0) return [];
  const output = await runProgram({
    program: 'espeak-ng',
    args: ['-q', '--ipa', '-v', 'en-us', '--stdin'],
    input: Buffer.from(words.join('\n\n')),
    deadlineMs: 5_000,
    maxOutputBytes: 256 * 1024,
    maxMemoryMb: 512,
    signal,
  }).catch((error: unknown) => {
    // Without it, names that the dictionary has not cannot be said.
    if (error instanceof ProgramFailure && error.problem !== 'canceled') return Buffer.alloc(0);
    throw error;
  });
  const lines = output
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length !== words.length) return [];
  return words.flatMap((word, at): [string, string][] => {
    const phones = arpabet(lines[at]!);
    return phones === '' ? [] : [[word, phones]];
  });
}

/** What an IPA transcription is in phones of the acoustic model; symbols that it has not are left out. */
export function arpabet(ipa: string): string {
  const phones: string[] = [];
  let rest = ipa;
  while (rest !== '') {
    const known = PHONES.find(([symbol]) => rest.startsWith(symbol));
    if (known) phones.push(known[1]);
    rest = rest.slice(known?.[0].length ?? 1);
  }
  return phones.join(' ');
}
