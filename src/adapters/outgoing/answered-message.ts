import type { AnalysedMessage } from '../../domain/disposition-facts.js';
import type { OwnTemplate, TemplateUse } from '../../domain/response-template.js';
import { OWN_TEMPLATES, TEMPLATE_USES } from '../composition/response-templates.js';
import type { Sql } from '../database/database.js';
import { readAnalysis } from '../messages/read-analysis.js';

/** A message of the organization that is answered, as its newest run analysed it, and what answers it may have. */
export interface AnsweredMessage {
  bytes: Buffer;
  message: Omit<AnalysedMessage, 'parsed'>;
  templates: OwnTemplate[];
  uses: TemplateUse[];
}

/**
 * The newest incoming message with one of these Message-IDs; null where the organization has none that is still there.
 *
 * @param ids without angle brackets
 */
export async function readAnsweredMessage(sql: Sql, ids: readonly string[]): Promise<AnsweredMessage | null> {
  const [found] = await sql<{ id: string }>(
    `select id from messages where message_id = any($1::text[]) and direction = 'INCOMING' order by received_at desc limit 1`,
    [ids],
  );
  if (found === undefined) return null;
  const [analysis, [own]] = await Promise.all([
    readAnalysis(sql, found.id),
    sql<{ templates: OwnTemplate[]; uses: TemplateUse[] }>(
      `select ${OWN_TEMPLATES} as templates, ${TEMPLATE_USES} as uses`,
    ),
  ]);
  if (analysis === null || analysis.bytes === null) return null;
  return { bytes: analysis.bytes, message: analysis.message, templates: own?.templates ?? [], uses: own?.uses ?? [] };
}
