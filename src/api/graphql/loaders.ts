import DataLoader from 'dataloader';
import { readAiUsageOfMessages } from '../../adapters/ai/read-usage.js';
import type { Database, Sql } from '../../adapters/database/database.js';
import { readDkimKeys } from '../../adapters/domains/dkim-keys.js';
import { readDnsAnswers } from '../../adapters/domains/dns-answers.js';
import { readLabels } from '../../adapters/messages/labels.js';
import {
  readMessages,
  readRecipients,
  readThreadMessages,
  readThreads,
} from '../../adapters/messages/read-messages.js';
import {
  readCurrentFindings,
  readEntities,
  readFindings,
  readMailLabels,
  readParsings,
  readRequests,
  readRuns,
  readSteps,
} from '../../adapters/messages/read-runs.js';
import { readArcKeys } from '../../adapters/onward/arc-keys.js';
import { readNextHops } from '../../adapters/onward/next-hops.js';
import { readAttempts, readOnward } from '../../adapters/onward/read-onward.js';
import {
  readMoments,
  readOutgoingAttempts,
  readOutgoingRecords,
  readSignals,
} from '../../adapters/outgoing/read-outgoing.js';
import { readMailboxesById } from '../../adapters/organizations/mailboxes.js';
import { readMailboxPasswords } from '../../adapters/submission/mailbox-passwords.js';
import { readAssignments, readOpenMessages } from '../../adapters/staff/assignments.js';

const THREAD_MESSAGES = 100;
const OPEN_MESSAGES = 100;

export type Loaders = ReturnType<typeof createLoaders>;

/** What the fields of one request read, each kind of row in one query for all messages or runs of the answer. */
export function createLoaders(database: Database, organizationId: string) {
  const inOrganization =
    <Row>(read: (sql: Sql, ids: readonly string[]) => Promise<Row[]>) =>
    (ids: readonly string[]) =>
      database.withOrganization(organizationId, (sql) => read(sql, ids));
  return {
    message: oneEach(inOrganization(readMessages), (row) => row.id),
    mailbox: oneEach(inOrganization(readMailboxesById), (row) => row.id),
    mailboxPassword: oneEach(inOrganization(readMailboxPasswords), (row) => row.mailboxId),
    thread: oneEach(inOrganization(readThreads), (row) => row.id),
    parsing: oneEach(inOrganization(readParsings), (row) => row.ofMessage),
    mailLabel: oneEach(inOrganization(readMailLabels), (row) => row.ofMessage),
    entities: oneEach(inOrganization(readEntities), (row) => row.ofMessage),
    requests: oneEach(inOrganization(readRequests), (row) => row.ofMessage),
    assignment: oneEach(inOrganization(readAssignments), (row) => row.ofMessage),
    openMessages: manyEach(
      inOrganization((sql, ids) => readOpenMessages(sql, ids, OPEN_MESSAGES)),
      (row) => row.ofPerson,
    ),
    labels: manyEach(inOrganization(readLabels), (row) => row.ofMessage),
    recipients: manyEach(inOrganization(readRecipients), (row) => row.ofMessage),
    onward: manyEach(inOrganization(readOnward), (row) => row.ofMessage),
    attempts: manyEach(inOrganization(readAttempts), (row) => row.ofDelivery),
    outgoing: oneEach(inOrganization(readOutgoingRecords), (row) => row.ofMessage),
    outgoingAttempts: manyEach(inOrganization(readOutgoingAttempts), (row) => row.ofRecipient),
    signals: manyEach(inOrganization(readSignals), (row) => row.ofRecipient),
    moments: manyEach(inOrganization(readMoments), (row) => row.ofMessage),
    nextHop: oneEach(inOrganization(readNextHops), (row) => row.domain),
    dkimKeys: manyEach(inOrganization(readDkimKeys), (row) => row.domain),
    dnsAnswers: manyEach(inOrganization(readDnsAnswers), (row) => row.domain),
    arcKey: oneEach(inOrganization(readArcKeys), (row) => row.domain),
    aiUsage: oneEach(inOrganization(readAiUsageOfMessages), (row) => row.ofMessage),
    runs: manyEach(inOrganization(readRuns), (row) => row.ofMessage),
    currentFindings: manyEach(inOrganization(readCurrentFindings), (row) => row.ofMessage),
    steps: manyEach(inOrganization(readSteps), (row) => row.ofRun),
    findings: manyEach(inOrganization(readFindings), (row) => row.ofRun),
    threadMessages: manyEach(
      inOrganization((sql, ids) => readThreadMessages(sql, ids, THREAD_MESSAGES)),
      (row) => row.threadId ?? '',
    ),
  };
}

type Read<Row> = (ids: readonly string[]) => Promise<Row[]>;

function oneEach<Row>(read: Read<Row>, idOf: (row: Row) => string): DataLoader<string, Row | null> {
  return new DataLoader(async (ids) => {
    const rows = new Map((await read(ids)).map((row) => [idOf(row), row]));
    return ids.map((id) => rows.get(id) ?? null);
  });
}

function manyEach<Row>(read: Read<Row>, idOf: (row: Row) => string): DataLoader<string, Row[]> {
  return new DataLoader(async (ids) => {
    const rows = Map.groupBy(await read(ids), idOf);
    return ids.map((id) => rows.get(id) ?? []);
  });
}
