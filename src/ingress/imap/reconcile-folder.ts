import type { Database } from '../../adapters/database/database.js';
import { markGoneExcept } from '../../adapters/imap/folder-progress.js';
import { proveFolder, readUnreadable, writeProof } from '../../adapters/imap/folder-proof.js';
import type { LedAccount } from '../../adapters/imap/led-account.js';
import { waitingUids, type FolderProof } from '../../domain/imap-sync.js';
import type { ImapConnection } from './connection.js';
import type { FolderSync } from './folder-sync.js';

/**
 * Compares all UIDs of a folder on the server with what was taken of it, takes what is missing or could not be read
 * before, compares again then, and writes the proof.
 */
export async function reconcileFolder(
  database: Database,
  account: LedAccount,
  folder: FolderSync,
  connection: ImapConnection,
): Promise<FolderProof | null> {
  if (!(await folder.sync(connection))) return null;
  const uidValidity = Number(connection.folder.uidValidity);
  const found = await compare(database, account, folder.path, uidValidity, connection);
  const unread = await readUnreadable(database, account, { folder: folder.path, uidValidity });
  const again = [...found.missing, ...unread].sort((a, b) => a - b);
  if (again.length > 0) await folder.take(connection, uidValidity, again, { beforeTo: 0, inOrder: false });
  const { proof } = again.length > 0 ? await compare(database, account, folder.path, uidValidity, connection) : found;
  const proven = { ...proof, repaired: found.missing.length };
  await writeProof(database, account, folder.path, proven);
  return proven;
}

async function compare(
  database: Database,
  account: LedAccount,
  path: string,
  uidValidity: number,
  connection: ImapConnection,
): Promise<{ proof: FolderProof; missing: number[] }> {
  const found = await connection.client.search({ all: true }, { uid: true });
  if (!Array.isArray(found)) throw connection.asError(new Error('the server refused to search the folder'));
  const at = { folder: path, uidValidity, uids: waitingUids(found, 1) };
  await markGoneExcept(database, account, at);
  return proveFolder(database, account, at);
}
