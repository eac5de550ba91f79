import type { SpamScope } from '../../domain/spam-scope.js';
import type { Sql } from '../database/database.js';

export interface SpamLearningRecord extends Record<string, unknown> {
  scope: SpamScope;
  mailboxId: string | null;
  spam: number;
  ham: number;
  lastLessonAt: string | null;
  lastTaughtBy: string | null;
}

/** What was taught, the organization's lessons first; scopes that hold none are left out. */
export async function readSpamLearning(sql: Sql): Promise<SpamLearningRecord[]> {
  return sql<SpamLearningRecord>(
    `select case when m.mailbox_id is null then 'ORGANIZATION' else 'MAILBOX' end as scope,
       m.mailbox_id as "mailboxId", m.spam, m.ham, l.taught_at as "lastLessonAt", l.taught_by as "lastTaughtBy"
     from spam_models m left join lateral (
       select taught_at, taught_by from spam_lessons where mailbox_id is not distinct from m.mailbox_id
       order by taught_at desc limit 1) l on true
     where m.spam + m.ham > 0 order by m.mailbox_id nulls first`,
  );
}
