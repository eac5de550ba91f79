import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { IncomingActivities } from '../activities/incoming.activities.js';
import type { ScanActivities } from '../activities/scan.activities.js';
import type { StageName } from '../domain/pipeline.js';

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

/** rspamd leaves the machine: a queue, a deadline and few attempts of its own. The embedded filter answers if it fails. */
export const { askRspamd } = proxyActivities<ScanActivities>({
  taskQueue: 'scan',
  startToCloseTimeout: '10 seconds',
  scheduleToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 2 },
  summary: 'Ask rspamd for its verdict',
});
