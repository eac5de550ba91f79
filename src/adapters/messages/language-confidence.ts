import type { Sql } from '../database/database.js';

/** How sure the language of a run's message is; 0 where it was not found out. */
export async function readLanguageConfidence(sql: Sql, runId: string): Promise<number> {
  const [row] = await sql<{ confidence: number | null }>(
    `select confidence from steps where run_id = $1 and name = 'languageDetection' order by attempt desc limit 1`,
    [runId],
  );
  return row?.confidence ?? 0;
}
