import pLimit from 'p-limit';
import { Piscina } from 'piscina';
import { DEFAULT_PARSE_LIMITS, type ParsedMessage, type ParseLimits } from '../domain/parsed-message.js';
import type { Opening } from '../domain/protection.js';
import { threadArguments, threadProgram } from './source-threads.js';

export interface ParserPoolOptions {
  threads: number;
  /** For one message, from when a thread takes it up; waiting for a thread does not count. */
  deadlineMs: number;
  /** JavaScript heap of one thread. Buffers lie outside it: they are bounded by the size of the message. */
  memoryMb: number;
  limits?: ParseLimits;
  /** Another program for the threads; tests put a hostile one here. */
  thread?: URL;
}

export interface ParserPool {
  /**
   * With `opening`, what is encrypted or signed in it is opened and verified. Rejects with a ParserIsolatedError where the message hung or killed its parser; other messages go on.
   */
  parse(raw: Buffer, opening?: Opening): Promise<ParsedMessage>;
  close(): Promise<void>;
}

export type IsolationReason = 'deadline' | 'memory' | 'crash';

/** A message that its parser did not survive. The thread is gone, a new one has taken its place. */
export class ParserIsolatedError extends Error {
  override readonly name = 'ParserIsolatedError';

  readonly reason: IsolationReason;

  constructor(reason: IsolationReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

const PARSER_THREAD = new URL('../engines/mime/parser-thread.js', import.meta.url);

/** A message that takes longer makes way for those behind it, on a thread beside the others; so many at most. */
const SLOW_MS = 500;
const SLOW_THREADS = 2;
/** A thread that is not there after this long does not come. */
const THREAD_START_MS = 30_000;

/** Parses messages in worker threads, so that none blocks the event loop and a hostile one costs a thread at most. */
export function createParserPool(options: ParserPoolOptions): ParserPool {
  const {
    threads,
    deadlineMs,
    memoryMb,
    limits = DEFAULT_PARSE_LIMITS,
    thread = threadProgram(PARSER_THREAD),
  } = options;
  const pool = new Piscina<Task, ParsedMessage>({
    filename: thread.href,
    minThreads: threads,
    maxThreads: threads + SLOW_THREADS,
    concurrentTasksPerWorker: 1,
    execArgv: threadArguments(thread),
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  // The queue is here and not in piscina: a task that piscina has is one that a thread takes up as soon as it is there.
  const queue = pLimit(threads);

  const run = async (raw: Buffer, opening: Opening | null, takenUp: TakenUp): Promise<ParsedMessage> => {
    const abort = new AbortController();
    let timer = setTimeout(() => abort.abort(), THREAD_START_MS + deadlineMs);
    void takenUp.happened.then(() => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), deadlineMs);
    });
    try {
      return await pool.run({ raw, limits, opening, takenUp: takenUp.flag }, { signal: abort.signal });
    } catch (error) {
      throw isolated(error, abort.signal.aborted, options);
    } finally {
      await takenUp.end();
      clearTimeout(timer);
    }
  };

  let slow = 0;
  /** Resolves when the message is parsed, or has made way; `parsed` is there for both. */
  const takeUp = async (raw: Buffer, opening: Opening | null): Promise<{ parsed: Promise<ParsedMessage> }> => {
    const takenUp = new TakenUp();
    const parsed = run(raw, opening, takenUp);
    parsed.catch(() => undefined); // whoever asked gets it
    await takenUp.happened;
    while (await isSlow(parsed)) {
      if (slow >= SLOW_THREADS) continue;
      slow += 1;
      void parsed.catch(() => undefined).then(() => (slow -= 1));
      break;
    }
    return { parsed };
  };

  return {
    parse: async (raw, opening) => (await queue(takeUp, raw, opening ?? null)).parsed,
    async close() {
      queue.clearQueue();
      await pool.destroy();
    },
  };
}

interface Task {
  raw: Uint8Array;
  limits: ParseLimits;
  opening: Opening | null;
  takenUp: Int32Array;
}

/** When a thread takes a message up, which it tells over shared memory; or its end, whichever is first. */
class TakenUp {
  readonly flag = new Int32Array(new SharedArrayBuffer(4));
  readonly happened: Promise<void>;

  constructor() {
    const told = Atomics.waitAsync(this.flag, 0, 0);
    this.happened = Promise.resolve(told.value).then(() => undefined);
  }

  /** There is nothing left to wait for. */
  async end(): Promise<void> {
    Atomics.store(this.flag, 0, 1);
    Atomics.notify(this.flag, 0);
    await this.happened;
  }
}

/** False once it is parsed, true after SLOW_MS without that. */
async function isSlow(parsed: Promise<ParsedMessage>): Promise<boolean> {
  const timer = Promise.withResolvers<boolean>();
  const timeout = setTimeout(() => timer.resolve(true), SLOW_MS);
  const done = parsed.then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([done, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}

function isolated(error: unknown, pastDeadline: boolean, options: ParserPoolOptions): ParserIsolatedError {
  if (pastDeadline) {
    return new ParserIsolatedError('deadline', `the parser took longer than ${options.deadlineMs} ms`, error);
  }
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new ParserIsolatedError('memory', `the parser needed more than ${options.memoryMb} MB`, error);
  }
  const why = error instanceof Error ? error.message : String(error);
  return new ParserIsolatedError('crash', `the parser ended unexpectedly: ${why}`, error);
}
