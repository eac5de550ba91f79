import type { Sql } from '../database/database.js';
import { appendEvents } from '../feed/append-events.js';
import { writeOwed } from '../ai/owed.js';
import { dropProviderEmbeddings, writeEmbeddings } from '../embedding/message-embeddings.js';
import { countCorrespondents } from '../organizations/correspondents.js';
import { learnSentMail } from '../composition/sent-lessons.js';
import { keepHarvestedKeys } from '../mail-keys/recipient-keys.js';
import { queueForNextHops, queueForwards } from '../onward/queue-onward.js';
import { recordSignals } from '../signals/record-signals.js';
import { assignByRuns } from '../staff/assignments.js';
import { beginsRun, changesOf, readStates, writeStates } from './journal-changes.js';
import {
  assignmentsOf,
  correspondentsOf,
  embeddedAnew,
  embeddingsOf,
  forwardsOf,
  harvestedOf,
  owedOf,
  sentMailsOf,
  signalsOf,
  writeEffects,
} from './journal-effects.js';
import type { JournalEntry, JournalReply } from './journal-entry.js';
import { eventsOf } from './journal-events.js';
import { expectSteps, writeFindings, writeSteps } from './journal-steps.js';

/**
 * Writes entries of one organization's runs. The fence is asked first: a run that has ended, or whose number is not
 * its message's current one, writes nothing. The statements after it travel together.
 */
export async function writeEntries(sql: Sql, organizationId: string, entries: JournalEntry[]): Promise<JournalReply[]> {
  const states = await readStates(sql, entries);
  const open = entries.filter((entry) => states.get(entry.run.runId)?.open === true);
  const changes = changesOf(open, states);
  const written = [
    writeStates(sql, changes),
    writeSteps(sql, organizationId, open),
    expectSteps(sql, open),
    writeFindings(sql, organizationId, open),
    writeEffects(sql, organizationId, open),
    countCorrespondents(sql, organizationId, open.flatMap(correspondentsOf)),
    learnSentMail(sql, organizationId, open.flatMap(sentMailsOf)),
    keepHarvestedKeys(sql, organizationId, open.flatMap(harvestedOf)),
    queueForwards(sql, organizationId, open.flatMap(forwardsOf)),
    queueForNextHops(
      sql,
      organizationId,
      open.filter((entry) => isDelivered(entry) && states.get(entry.run.runId)!.hands_on).map(({ run }) => run),
    ),
    dropProviderEmbeddings(sql, open.flatMap(embeddedAnew)),
    writeEmbeddings(sql, organizationId, open.flatMap(embeddingsOf)),
    writeOwed(sql, organizationId, open.flatMap(owedOf)),
    appendEvents(sql, changes.flatMap(eventsOf)),
  ];
  await Promise.all(written);
  await assignByRuns(sql, organizationId, open.flatMap(assignmentsOf));
  await recordSignals(sql, organizationId, open.flatMap(signalsOf));
  return entries.map((entry) => {
    const state = states.get(entry.run.runId);
    if (state === undefined) return { open: false, control: null, begun: 0 };
    const control = entry.begins?.resumed && state.control === 'pause' ? null : state.control;
    return { open: state.open, control, begun: state.begun + (beginsRun(entry) ? 1 : 0) };
  });
}

/** Where its recipients get different things, some may have it while it waits for what becomes of the others. */
const isDelivered = ({ ends, decision }: JournalEntry) =>
  ends?.status === 'DELIVERED' ||
  (ends !== undefined && decision?.recipients?.some(({ disposition }) => disposition === 'deliver') === true);
