import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { AiActivities } from '../activities/ai.activities.js';
import type { KeyLookupActivities } from '../activities/key-lookup.activities.js';
import type { IncomingActivities } from '../activities/incoming.activities.js';
import type { DeliveryActivities } from '../activities/outgoing/delivery.activities.js';
import type { OutgoingActivities } from '../activities/outgoing/outgoing.activities.js';
import type { OnwardActivities } from '../activities/onward.activities.js';
import type { RepairActivities } from '../activities/repair.activities.js';
import type { ReplyActivities } from '../activities/reply.activities.js';
import type { ScanActivities } from '../activities/scan.activities.js';
import type { ThreadSummaryActivities } from '../activities/thread-summary.activities.js';
import type { TrainingActivities } from '../activities/training.activities.js';
import type { TranslationActivities } from '../activities/translation.activities.js';
import type { WebhookActivities } from '../activities/webhook.activities.js';
import type { AskedCapability } from '../domain/ai.js';
import type { OutgoingStage } from '../domain/outgoing/outgoing-pipeline.js';
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
 * Asking a provider: its client has a time-out and tries again by itself; what Temporal repeats is what the database
 * kept us from, or a worker that died, which is missed by its heartbeat. Where no worker serves the queue, a message
 * goes on without after two minutes; attempts together end at the last limit, which is all that a message waits.
 */
const ai = (summary: string, attempt: '5 minutes' | '15 minutes', all: '6 minutes' | '16 minutes') =>
  proxyActivities<AiActivities>({
    taskQueue: 'ai',
    startToCloseTimeout: attempt,
    scheduleToCloseTimeout: all,
    scheduleToStartTimeout: '2 minutes',
    heartbeatTimeout: '20 seconds',
    retry: { initialInterval: '1 second', maximumAttempts: 3 },
    summary,
  }).askAi;

/** Its translation for a person who waits: attempts are few, and where no worker serves the queue he is told so. */
export const { translateForReader } = proxyActivities<TranslationActivities>({
  taskQueue: 'ai',
  startToCloseTimeout: '15 minutes',
  scheduleToStartTimeout: '1 minute',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 3 },
  summary: 'Have it translated for a reader',
});

/** A person waits for it: what nobody begins soon, or a worker that died had begun, is not asked for again. */
export const { askForReplies } = proxyActivities<ReplyActivities>({
  taskQueue: 'ai',
  startToCloseTimeout: '2 minutes',
  scheduleToStartTimeout: '20 seconds',
  heartbeatTimeout: '20 seconds',
  retry: { maximumAttempts: 1 },
  summary: 'Ask a model for replies',
});

/** For a person who reads a thread and may ask again: attempts are few, and where no worker serves the queue they end. */
const forReader = (summary: string) =>
  proxyActivities<ThreadSummaryActivities>({
    taskQueue: 'ai',
    startToCloseTimeout: '5 minutes',
    scheduleToStartTimeout: '20 seconds',
    heartbeatTimeout: '20 seconds',
    retry: { initialInterval: '1 second', maximumAttempts: 3 },
    summary,
  });

export const { askForThreadSummary } = forReader('Ask a model for the summary of a thread');
export const { translateThreadSummary } = forReader('Have the summary of a thread translated');

/** The activity that asks the provider of a capability. */
export const aiActivity = {
  contentAnalysis: ai('Ask a model what the mail is about', '5 minutes', '6 minutes'),
  summary: ai('Ask a model for a summary', '5 minutes', '6 minutes'),
  translation: ai('Have it translated', '15 minutes', '16 minutes'),
  voice: ai('Have its recordings transcribed', '15 minutes', '16 minutes'),
  embedding: ai('Ask a model what the mail is about, as a vector', '5 minutes', '6 minutes'),
} satisfies Record<AskedCapability, unknown>;

export const { repairStep } = proxyLocalActivities<RepairActivities>({
  ...LOCAL,
  summary: 'Commit what the provider owed, or when it is asked again',
});

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

/**
 * Posting events leaves the machine. Attempts are counted and spaced in Postgres; what Temporal repeats is what the database
 * kept us from, or a worker that died, which is missed by its heartbeat. Mail goes first on the queue that they share.
 */
export const { deliverWebhook } = proxyActivities<WebhookActivities>({
  taskQueue: 'delivery',
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  priority: { priorityKey: 4 },
  summary: 'Post what is due',
});

const OUTGOING_SUMMARY: Record<OutgoingStage, string> = {
  composition: 'Composition: next words, translation, templates, dictation',
  preparation: 'Preparation: check it, apply policy, make what leaves, sign and encrypt',
  optimization: 'Optimization: when it leaves, by which route, what to expect',
  delivery: 'Delivery is over: count, compare, tell the sender; end the run',
};

const outgoing = (name: OutgoingStage) =>
  proxyLocalActivities<Pick<OutgoingActivities, 'runOutgoingStage'>>({ ...LOCAL, summary: OUTGOING_SUMMARY[name] })
    .runOutgoingStage;

/** The activity of a stage of the outgoing flow, named in the Temporal Web UI by what it does. */
export const outgoingStage = {
  composition: outgoing('composition'),
  preparation: outgoing('preparation'),
  optimization: outgoing('optimization'),
  delivery: outgoing('delivery'),
} satisfies Record<OutgoingStage, unknown>;

export const { lookAtOutgoing, remindOfOutgoing, cancelOutgoing } = proxyLocalActivities<
  Omit<OutgoingActivities, 'runOutgoingStage'>
>({ ...LOCAL, summary: 'See how it stands' });

/**
 * Sending leaves the machine and may take long: a worker that dies is missed by its heartbeat. Attempts are counted and
 * spaced in Postgres; what Temporal repeats is what the database kept us from.
 */
export const { attemptDelivery, cancelDelivery } = proxyActivities<DeliveryActivities>({
  taskQueue: 'delivery',
  startToCloseTimeout: '45 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'Send what is due',
});

/** Keys of recipients that others publish: worth some seconds, and none of them holds a message up. */
export const { lookUpKeys } = proxyActivities<KeyLookupActivities>({
  taskQueue: 'delivery',
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumAttempts: 2 },
  summary: 'Look up keys of recipients',
});

/**
 * CPU work of a training runs in a thread of the worker; one that dies is missed by its heartbeat, and its fold begins anew.
 * What fails for a quarter of an hour fails the training: no examples keep a thread busy for ever.
 */
export const { planTraining, evaluateFold, concludeTraining, abandonTraining } = proxyActivities<TrainingActivities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 20 },
  summary: 'Train a model',
});
