import type { Completion, PredictionTask } from '../../domain/composition.js';
import { readPhraseModels, readPhraseModelVersions } from '../composition/phrase-models.js';
import type { PhraseThreads } from '../composition/phrase-threads.js';
import type { Database } from '../database/database.js';

/** Nobody's mailbox: the organization's model alone answers. */
const NO_MAILBOX = '00000000-0000-0000-0000-000000000000';

/** What the author of an address may write next, by what the organization and the address's mailbox wrote before; null where there was no answer in time. */
export async function predictForAuthor(
  database: Database,
  phrases: PhraseThreads,
  organizationId: string,
  author: string,
  draft: Pick<PredictionTask, 'text' | 'subject' | 'answered' | 'most'>,
): Promise<Completion[] | null> {
  const versions = await database.withOrganization(organizationId, async (sql) => {
    const [mailbox] = await sql<{ id: string }>('select id from mailboxes where pattern = $1', [author.toLowerCase()]);
    return readPhraseModelVersions(sql, mailbox?.id ?? NO_MAILBOX);
  });
  const modelOf = (isOrganization: boolean) => {
    const version = versions.find(({ mailboxId }) => (mailboxId === null) === isOrganization)?.version;
    return version === undefined ? null : { version };
  };
  return phrases.predict({ organization: modelOf(true), mailbox: modelOf(false), ...draft }, (wanted) =>
    database.withOrganization(organizationId, (sql) => readPhraseModels(sql, wanted)),
  );
}
