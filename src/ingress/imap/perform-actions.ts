import type { Database } from '../../adapters/database/database.js';
import {
  finishAction,
  intend,
  postponeAction,
  readDueActions,
  readPlaces,
  writeMoved,
  type Place,
  type QueuedAction,
} from '../../adapters/imap/action-queue.js';
import type { LedAccount } from '../../adapters/imap/led-account.js';
import { planAction, type ActionPlan } from '../../domain/imap-actions.js';
import type { ImapConnection } from './connection.js';
import { uidSet } from './read-messages.js';

/**
 * Tells the server what became of messages. Each is noted as intended first; one that is no longer where it was (its
 * owner moved or deleted it, or we did and died) is looked for where it should go, and else left alone.
 *
 * @returns whether anything was due: more may be
 * @throws ImapError where the connection ended: what was not finished is done again
 */
export async function performActions(
  database: Database,
  account: LedAccount,
  connection: ImapConnection,
): Promise<boolean> {
  const due = await readDueActions(database, account);
  for (const action of due) {
    try {
      await perform(database, account, connection, action);
    } catch (error) {
      if (!connection.isOpen) throw connection.asError(error);
      await postponeAction(database, account, action, connection.asError(error).failure.text.slice(0, 300));
    }
  }
  return due.length > 0;
}

async function perform(
  database: Database,
  account: LedAccount,
  connection: ImapConnection,
  action: QueuedAction,
): Promise<void> {
  const { places, origin } = await readPlaces(database, account, action.messageId);
  const repeated = await intend(database, account, action);
  let found = false;
  for (const place of places) {
    const plan = planAction(account.actions, action.status, place.folder, origin?.folder ?? place.folder);
    if (await apply(database, account, connection, { action, place, plan })) found = true;
  }
  if (!found && origin !== null && (repeated || places.length === 0)) {
    const plan = planAction(account.actions, action.status, origin.folder, origin.folder);
    if (plan.moveTo !== null) {
      found = await findMoved(database, account, connection, { action, place: origin, to: plan.moveTo });
    }
  }
  await finishAction(database, account, action, found ? 'done' : 'gone');
}

/** @returns false where the message is not there any more */
async function apply(
  database: Database,
  account: LedAccount,
  connection: ImapConnection,
  { action, place, plan }: { action: QueuedAction; place: Place; plan: ActionPlan },
): Promise<boolean> {
  const { client } = connection;
  const nothingToDo = plan.moveTo === null && plan.addKeywords.length === 0 && plan.removeKeywords.length === 0;
  if (nothingToDo) return true;
  if (!(await isThere(connection, place))) {
    await writeMoved(database, account, action.messageId, place, null);
    return false;
  }
  await setKeywords(connection, place.uid, plan);
  if (plan.moveTo === null) return true;
  let moved = await client.messageMove(String(place.uid), plan.moveTo, { uid: true });
  if (moved === false) {
    await client.mailboxCreate(plan.moveTo); // the server refuses a folder that does not exist (RFC 3501 TRYCREATE)
    moved = await client.messageMove(String(place.uid), plan.moveTo, { uid: true });
  }
  if (moved === false) throw new Error(`the server did not move it to ${plan.moveTo}`);
  const uid = moved.uidMap?.get(place.uid);
  if (uid !== undefined && moved.uidValidity !== undefined) {
    const to = { folder: plan.moveTo, uidValidity: Number(moved.uidValidity), uid };
    await writeMoved(database, account, action.messageId, place, to);
  } else if (!(await findMoved(database, account, connection, { action, place, to: plan.moveTo }))) {
    await writeMoved(database, account, action.messageId, place, null);
  }
  return true;
}

/** Opens the folder for changes and looks for the message; a folder with another UIDVALIDITY holds other messages. */
async function isThere(connection: ImapConnection, place: Place): Promise<boolean> {
  const { client } = connection;
  try {
    await client.mailboxOpen(place.folder);
  } catch (error) {
    if (!connection.isOpen) throw error;
    return false; // the folder is gone or closed to us, and with it the message
  }
  if (Number(connection.folder.uidValidity) !== place.uidValidity) return false;
  const found = await client.search({ uid: String(place.uid) }, { uid: true });
  return Array.isArray(found) && found.includes(place.uid);
}

/** Gmail knows labels where others know keywords. */
async function setKeywords(connection: ImapConnection, uid: number, plan: ActionPlan): Promise<void> {
  const { client } = connection;
  const how = { uid: true, useLabels: client.capabilities.has('X-GM-EXT-1') };
  if (plan.removeKeywords.length > 0) await client.messageFlagsRemove(String(uid), plan.removeKeywords, how);
  if (plan.addKeywords.length === 0) return;
  if (!(await client.messageFlagsAdd(String(uid), plan.addKeywords, how))) {
    throw new Error(`the folder takes no keyword ${plan.addKeywords.join(', ')}`);
  }
}

/** Looks for a message in the folder that it was moved to: by its Message-ID and size, the newest one. */
async function findMoved(
  database: Database,
  account: LedAccount,
  connection: ImapConnection,
  { action, place, to }: { action: QueuedAction; place: Place; to: string },
): Promise<boolean> {
  if (place.headerMessageId === null) return false;
  const { client } = connection;
  try {
    await client.mailboxOpen(to);
  } catch (error) {
    if (!connection.isOpen) throw error;
    return false; // there is no such folder: it was not moved there
  }
  const found = await client.search({ header: { 'Message-ID': place.headerMessageId } }, { uid: true });
  if (!Array.isArray(found) || found.length === 0) return false;
  const uids = found.slice(-MOST_LIKE);
  for await (const { uid, size } of client.fetch(uidSet(uids), { uid: true, size: true }, { uid: true })) {
    if (size !== place.size) continue;
    const uidValidity = Number(connection.folder.uidValidity);
    await writeMoved(database, account, action.messageId, place, { folder: to, uidValidity, uid });
    return true;
  }
  return false;
}

const MOST_LIKE = 20;
