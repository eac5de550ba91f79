import { createPocketSphinxTranscriber } from '../../src/adapters/voice/pocketsphinx-transcriber.js';
import { hasProgram } from '../../src/adapters/programs/run-program.js';
import { shareFigure, type QualityArea, type QualityReport } from './quality-area.js';
import { speak } from './voice/espeak.js';
import { DICTATION, NAMES, VARIANTS, type SpokenVariant } from './voice/variants.js';

export const VOICE_PROGRAMS = ['ffmpeg', 'pocketsphinx_continuous', 'espeak-ng'] as const;
const DEADLINE_MS = 60_000;
const DICTATION_VOICES = ['en-us', 'en-gb+f4'];

/** Spoken commands through PocketSphinx, spoken by espeak-ng; skipped where one of them is not installed. */
export const voice: QualityArea = {
  name: 'voice',
  needs: [],
  async measure(): Promise<QualityReport> {
    const absent = VOICE_PROGRAMS.filter((program) => !hasProgram(program));
    if (absent.length > 0) {
      return {
        figures: [],
        differences: [{ case: 'all', reason: `not measured: ${absent.join(', ')} not installed` }],
      };
    }
    const commands = await measureCommands(VARIANTS);
    return { ...commands, figures: [...commands.figures, await measureDictation()] };
  },
};

const { signal } = new AbortController();

async function hear(text: string, speaker: string, speed: number): Promise<string> {
  const transcriber = createPocketSphinxTranscriber({ timeoutMs: DEADLINE_MS });
  return (await transcriber.transcribe(await speak(text, speaker, speed), 'audio/wav', signal, NAMES)).text;
}

/** How many of these commands are recognised word for word. */
export async function measureCommands(variants: readonly SpokenVariant[]): Promise<QualityReport> {
  const differences: QualityReport['differences'] = [];
  const words = { all: 0, wrong: 0 };
  for (const { text, voice: speaker, speed, expected } of variants) {
    const heard = await hear(text, speaker, speed);
    const spoken = expected.split(' ');
    const found = heard.split(/\s+/).filter((word) => word !== '');
    words.all += spoken.length;
    words.wrong += edits(spoken, found);
    if (heard !== expected) {
      differences.push({ case: `${text} (${speaker}, ${speed})`, reason: `heard: ${heard || 'nothing'}` });
    }
  }
  const right = variants.length - differences.length;
  return {
    figures: [
      shareFigure('spoken commands that are recognised', right, variants.length, 0.95),
      {
        name: 'word error rate of these commands (synthetic speech, a grammar: says nothing of dictation)',
        value: `${((100 * words.wrong) / words.all).toFixed(1)} %`,
        target: null,
        met: null,
      },
    ],
    differences,
  };
}

async function measureDictation() {
  let taken = 0;
  for (const sentence of DICTATION) {
    for (const speaker of DICTATION_VOICES) if ((await hear(sentence, speaker, 160)) !== '') taken += 1;
  }
  const spoken = DICTATION.length * DICTATION_VOICES.length;
  return { name: 'free speech taken for a command', value: `${taken} of ${spoken}`, target: null, met: null };
}

/** Words that must be put in, taken out or exchanged. */
function edits(spoken: string[], heard: string[]): number {
  let previous = heard.map((_, at) => at + 1);
  previous.unshift(0);
  for (const [row, word] of spoken.entries()) {
    const current = [row + 1];
    for (const [column, other] of heard.entries()) {
      current.push(
        Math.min(previous[column + 1]! + 1, current[column]! + 1, previous[column]! + (word === other ? 0 : 1)),
      );
    }
    previous = current;
  }
  return previous[heard.length]!;
}
