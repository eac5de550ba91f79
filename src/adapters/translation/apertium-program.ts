import { readdir } from 'node:fs/promises';
import { ProviderFailure } from '../ai/capability.js';
import { hasProgram, ProgramFailure, runProgram } from '../programs/run-program.js';
import { findPair, pairsOfModes, type ApertiumPair } from './apertium-modes.js';
import type { ServiceAnswer, TextService } from './text-service.js';

const MODES_FOLDER = '/usr/share/apertium/modes';
const MEMORY_MB = 1_024;
const OUTPUT_BYTES = 1024 * 1024;
/** Blank lines end a sentence for Apertium, and it keeps them. */
const BETWEEN = '\n\n';

export interface ApertiumProgramSettings {
  timeoutMs: number;
  /** Where the installed pairs are listed, one `.mode` each. */
  modesFolder?: string;
}

/** Apertium as installed on this machine (Debian packages apertium, apertium-eng-spa, ...): nothing leaves it. */
export class ApertiumProgram implements TextService {
  readonly quality = 'gist';
  readonly #settings: ApertiumProgramSettings;

  constructor(settings: ApertiumProgramSettings) {
    this.#settings = settings;
  }

  async supports(from: string, to: string): Promise<boolean> {
    return (await this.#pair(from, to)) !== null;
  }

  async translateTexts(texts: string[], from: string, to: string, signal: AbortSignal): Promise<ServiceAnswer[]> {
    const pair = await this.#pair(from, to);
    if (pair === null) throw new ProviderFailure('refused', `Apertium has no pair from ${from} to ${to} installed`);
    const together = await this.#translate(texts, pair, signal);
    if (together !== null) return together.map((text) => ({ text }));
    // A paragraph of them changed how many there are: each by itself then.
    const answers: ServiceAnswer[] = [];
    for (const text of texts) answers.push(await this.#translateOne(text, pair, signal));
    return answers;
  }

  async #pair(from: string, to: string): Promise<ApertiumPair | null> {
    if (!hasProgram('apertium')) return null;
    return findPair(await this.#pairs(), from, to);
  }

  /** Read anew each time: a pair may be installed while we run. */
  async #pairs(): Promise<ApertiumPair[]> {
    const files = await readdir(this.#settings.modesFolder ?? MODES_FOLDER).catch(() => []);
    return pairsOfModes(files.filter((file) => file.endsWith('.mode')).map((file) => file.slice(0, -'.mode'.length)));
  }

  async #translateOne(text: string, pair: ApertiumPair, signal: AbortSignal): Promise<ServiceAnswer> {
    const [translated] = (await this.#translate([text], pair, signal)) ?? [];
    return translated === undefined
      ? { failure: 'nonsense', reason: 'Apertium made several paragraphs of it' }
      : { text: translated };
  }

  /** Null where as many paragraphs as were given did not come back. */
  async #translate(texts: string[], { mode }: ApertiumPair, signal: AbortSignal): Promise<string[] | null> {
    const input = Buffer.from(texts.map(asOneLine).join(BETWEEN), 'utf8');
    const output = await runProgram({
      program: 'apertium',
      args: ['-u', '-f', 'txt', mode],
      input,
      deadlineMs: this.#settings.timeoutMs,
      maxOutputBytes: OUTPUT_BYTES,
      maxMemoryMb: MEMORY_MB,
      signal,
    }).catch(asProviderFailure);
    const translated = output.toString('utf8').trim().split(BETWEEN);
    return translated.length === texts.length ? translated.map((text) => text.trim()) : null;
  }
}

/** NUL ends a stream of Apertium's; the other control characters are nothing that is translated. */
export function asOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

function asProviderFailure(error: unknown): never {
  if (!(error instanceof ProgramFailure)) throw error;
  if (error.problem === 'canceled' || error.problem === 'deadline') throw new ProviderFailure('timeout', error.message);
  const failure = error.problem === 'absent' ? 'unreachable' : 'nonsense';
  throw new ProviderFailure(failure, error.message, { cause: error });
}
