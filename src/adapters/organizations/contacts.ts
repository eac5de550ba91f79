import type { Contact } from '../../domain/dictation/spoken-name.js';
import type { Sql } from '../database/database.js';

/** Whom people of the organization are likeliest to write to: who wrote most, and its own mailboxes. */
export async function readContacts(sql: Sql): Promise<Contact[]> {
  return sql<Contact & Record<string, unknown>>(READ, []);
}

const MOST = 200;
const READ = `
(select name, address from correspondents where name <> '' order by messages desc, address limit ${MOST})
union all
(select name, pattern from mailboxes where pattern like '_%@%' and pattern not like '%*%' order by pattern limit ${MOST})`;
