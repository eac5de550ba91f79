import { startPostgres } from './servers.js';

/** The Postgres that tests run on: EVERPOST_TEST_POSTGRES where given, else an embedded one of their own. */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['EVERPOST_TEST_POSTGRES'];
  if (given) return { url: given, stop: () => Promise.resolve() };
  return startPostgres();
}
