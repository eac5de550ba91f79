import type pg from 'pg';
import { findPhraseLearning, notePhraseAttempt, replacePhraseModels } from '../adapters/composition/phrase-models.js';
import { readLessons } from '../adapters/composition/sent-lessons.js';
import type { BuiltModel } from '../domain/composition.js';
import type { PhraseThreads } from '../adapters/composition/phrase-threads.js';
import type { DatabaseOptions, Row, Sql } from '../adapters/database/database.js';
import { Leadership } from '../adapters/database/leadership.js';

const ROUND_MS = 10_000;
/** An organization's models are built at most this often, however much it writes. */
const PAUSE_SECONDS = 60;
const BATCH = 5;

export interface PhraseDutyOptions extends Pick<DatabaseOptions, 'url' | 'applicationName'> {
  threads: PhraseThreads;
  onError: (error: unknown) => void;
}

/** A candidate for building the models of what organizations write, of those that wrote something new. */
export function createPhraseDuty(options: PhraseDutyOptions): Leadership {
  return new Leadership({
    ...options,
    role: 'everpost_system',
    duty: 'phrases',
    channels: [],
    work: async (client) => {
      try {
        const due = await buildDuePhrases(client, options.threads, PAUSE_SECONDS, options.onError);
        return due === BATCH ? 0 : ROUND_MS;
      } catch (error) {
        options.onError(error);
        return ROUND_MS;
      }
    },
  });
}

/**
 * One that fails keeps no other waiting: it is tried again after the pause, behind them.
 *
 * @returns how many organizations were due
 */
export async function buildDuePhrases(
  client: pg.Client,
  threads: Pick<PhraseThreads, 'build'>,
  pauseSeconds: number,
  onError: (error: unknown) => void,
): Promise<number> {
  const sql: Sql = async <R extends Row>(text: string, parameters: readonly unknown[] = []) =>
    (await client.query<R>(text, [...parameters])).rows;
  const due = await findPhraseLearning(sql, pauseSeconds, BATCH);
  for (const learning of due) {
    await notePhraseAttempt(sql, learning.organizationId);
    const lessons = await readLessons(sql, learning.organizationId);
    let models: BuiltModel[];
    try {
      models = lessons.length === 0 ? [] : await threads.build(lessons);
    } catch (error) {
      onError(error);
      continue;
    }
    await client.query('begin');
    try {
      await replacePhraseModels(sql, learning, models);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined); // the connection is gone, and the transaction with it
      throw error;
    }
  }
  return due.length;
}
