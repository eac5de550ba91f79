import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { IncomingActivities } from '../activities/incoming.activities.js';
import type { OnwardActivities } from '../activities/onward.activities.js';
import type { ScanActivities } from '../activities/scan.activities.js';
import type { StageName } from '../domain/pipeline.js';
import type { Scanner } from '../domain/scans.js';

const STAGE_SUMMARY: Record<StageName, string> = {
  reception: 'Reception: parse it, check authentication and dangers, score spam',
  enhancement: 'Enhancement: language, content, routing, summary',
  autonomy: 'Autonomy: what to repair, tune, look up and foresee; decide the disposition',
  publication: 'Publication: notify, count, suggest; end the run',
};

/**
 * A stage's steps have deadlines of their own; this one covers a database that hangs. A database that is down is waited
 * for without an end: the message is committed and must not be given up.
 */
const LOCAL = {
  startToCloseTimeout: '2 minutes',
  localRetryThreshold: '10 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const;

const stage = (name: StageName) =>
  proxyLocalActivities<Pick<IncomingActivities, 'runStage'>>({ ...LOCAL, summary: STAGE_SUMMARY[name] }).runStage;

/** The activity of a stage, named in the Temporal Web UI by what it does. */
export const stageActivity = {
  reception: stage('reception'),
  enhancement: stage('enhancement'),
  autonomy: stage('autonomy'),
  publication: stage('publication'),
} satisfies Record<StageName, unknown>;

export const { endRun } = proxyLocalActivities<Pick<IncomingActivities, 'endRun'>>({
  ...LOCAL,
  summary: 'End the run as decided',
});

export const { waitRun } = proxyLocalActivities<Pick<IncomingActivities, 'waitRun'>>({
  ...LOCAL,
  summary: 'Show that it waits for a person',
});

/**
 * What leaves the machine has a queue, deadlines and few attempts of its own. An attempt outlasts the deadline of the
 * scanner's client; where no worker serves the queue, a message waits for the second limit and goes on without.
 */
const scan = (summary: string, attempt: '40 seconds' | '12 seconds', all: '90 seconds' | '30 seconds') =>
  proxyActivities<ScanActivities>({
    taskQueue: 'scan',
    startToCloseTimeout: attempt,
    scheduleToCloseTimeout: all,
    retry: { initialInterval: '1 second', maximumAttempts: 2 },
    summary,
  });

/** The activity that asks a scanner. */
export const scanActivity = {
  clamd: scan('Ask clamd whether it is infected', '40 seconds', '90 seconds').askClamd,
  rspamd: scan('Ask rspamd for its verdict', '12 seconds', '30 seconds').askRspamd,
  spamassassin: scan('Ask SpamAssassin for its verdict', '40 seconds', '90 seconds').askSpamAssassin,
} satisfies Record<Scanner, unknown>;

/**
 * Handing mail on leaves the machine and may take long: a worker that dies is missed by its heartbeat. Attempts are
 * counted and spaced in Postgres; what Temporal repeats is what the database kept us from.
 */
export const { attemptOnward, cancelOnward } = proxyActivities<OnwardActivities>({
  taskQueue: 'delivery',
  startToCloseTimeout: '45 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'Hand it on',
});
