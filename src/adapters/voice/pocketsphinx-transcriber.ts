import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ProviderFailure, type ProviderEndpoint, type Transcriber } from '../ai/capability.js';
import { ProgramFailure, runProgram } from '../programs/run-program.js';
import { commandGrammar, grammarWords, readHypotheses, spokenNames } from './command-grammar.js';
import { asBytes, decodeAudio, SAMPLE_RATE } from './decode-audio.js';
import { pronunciationsOf, type Pronunciations } from './pronunciations.js';

const MODEL = '/usr/share/pocketsphinx/model/en-us';
/** Grammar and dictionary are small, the search is as wide as it can be: about a tenth of the time it was spoken in. */
const SEARCH = '-lw 1 -beam 1e-100 -wbeam 1e-80 -pbeam 1e-100 -pl_window 0'.split(' ');
const SILENCE_SECONDS = 0.4;
/** The model was trained on rooms: what has digital silence in it, it does not recognise at all. */
const NOISE = 40;
const LOUDNESS = 12_000;
const TRUSTED = 0.6;

/** Spoken commands by PocketSphinx and its model of American English: free speech is beyond it. */
export function createPocketSphinxTranscriber(endpoint: Pick<ProviderEndpoint, 'timeoutMs'>): Transcriber {
  return {
    async transcribe(audio, _contentType, signal, names = []) {
      if (!existsSync(MODEL)) throw new ProviderFailure('unreachable', 'the model of pocketsphinx is not installed');
      const { samples, seconds } = await decodeAudio(audio, signal);
      const spoken = spokenNames(names);
      const known = await pronunciationsOf(
        grammarWords(),
        spoken.words,
        path.join(MODEL, 'cmudict-en-us.dict'),
        signal,
      );
      const sayable = spoken.names.filter((name) => name.every((word) => known.has(word)));
      const output = await recognise(asInRoom(samples), commandGrammar(sayable), known, endpoint.timeoutMs, signal);
      const { commands, others } = readHypotheses(output);
      return {
        text: commands.join('\n'),
        language: 'en',
        // It has no measure of its own, and takes short free speech for the nearest command.
        confidence: commands.length === 0 ? 0 : (TRUSTED * commands.length) / (commands.length + others),
        seconds,
        quality: 'commands',
      };
    },
  };
}

async function recognise(
  samples: Int16Array,
  grammar: string,
  pronunciations: Pronunciations,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-voice-'));
  try {
    const grammarFile = path.join(folder, 'commands.gram');
    const dictionaryFile = path.join(folder, 'commands.dict');
    await writeFile(grammarFile, grammar, { mode: 0o600 });
    await writeFile(dictionaryFile, dictionaryOf(pronunciations), { mode: 0o600 });
    const output = await runProgram({
      program: 'pocketsphinx_continuous',
      args: [
        '-time',
        'yes',
        '-infile',
        '/dev/stdin',
        '-jsgf',
        grammarFile,
        '-dict',
        dictionaryFile,
        '-hmm',
        path.join(MODEL, 'en-us'),
        '-logfn',
        '/dev/null',
        ...SEARCH,
      ],
      input: asBytes(samples),
      deadlineMs: timeoutMs,
      maxOutputBytes: 256 * 1024,
      maxMemoryMb: 1_024,
      signal,
    });
    return output.toString('utf8');
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    const late = error.problem === 'deadline' || error.problem === 'canceled';
    const failure = late ? 'timeout' : error.problem === 'absent' ? 'unreachable' : 'nonsense';
    throw new ProviderFailure(failure, error.message, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function dictionaryOf(pronunciations: Pronunciations): string {
  const entries = [...pronunciations].flatMap(([word, ways]) =>
    ways.map((phones, at) => `${at === 0 ? word : `${word}(${at + 1})`} ${phones}\n`),
  );
  return entries.join('');
}

/** As loud as speech in a room, with its noise, and silence before and behind. The same noise every time. */
function asInRoom(samples: Int16Array): Int16Array {
  const silence = Math.round(SILENCE_SECONDS * SAMPLE_RATE);
  const heard = new Int16Array(samples.length + 2 * silence);
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1);
  // What is no louder than noise stays noise.
  const gain = Math.min(LOUDNESS / loudest, 20);
  let state = 0x9e3779b9;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  for (let at = 0; at < heard.length; at++) {
    const noise = (uniform() + uniform() + uniform()) * NOISE;
    const value = (samples[at - silence] ?? 0) * gain + noise;
    heard[at] = Math.max(-32_768, Math.min(32_767, Math.round(value)));
  }
  return heard;
}
