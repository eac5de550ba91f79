import type { Client, Connection } from '@temporalio/client';
import type { PhraseThreads } from '../adapters/composition/phrase-threads.js';
import type { Leadership } from '../adapters/database/leadership.js';
import type { Logger } from '../adapters/logger.js';
import type { DomainLook } from '../adapters/domains/check-domain.js';
import { createAiRepairDuty } from './ai-repair-duty.js';
import { createDeliveryReportDuty, type DeliveryReportDutyOptions } from './delivery-report-duty.js';
import { createDomainDuty } from './domain-duty.js';
import { createOnwardDispatcher, type OnwardDispatcherOptions } from './onward-dispatcher.js';
import { createOutgoingDuty } from './outgoing-duty.js';
import { createPhraseDuty } from './phrase-duty.js';
import { createQuarantineDuty } from './quarantine-duty.js';
import { createReconciler, type ReconcilerOptions } from './reconciler.js';
import { createRunDispatcher } from './run-dispatcher.js';
import { createTrainingDuty } from './training-duty.js';
import { createWebhookDuty } from './webhook-duty.js';

export interface DutyParts {
  /** Of the database. */
  url: string;
  client: Client;
  connection: Connection;
  searchBySender: boolean;
  /** After this long a step that a provider owes is given up. */
  giveUpMs: number;
  releaseUrl: string | null;
  endRun: ReconcilerOptions['endRun'];
  cancelOnward: OnwardDispatcherOptions['cancel'];
  tellSender: DeliveryReportDutyOptions['tell'];
  phrases: PhraseThreads;
  domainLook: DomainLook;
  log: Logger;
  onError: (error: unknown) => void;
}

/** The duties that a process with the queue `mail` is a candidate for: one process does each at a time. */
export function createDuties(parts: DutyParts): Leadership[] {
  const { url, client, connection, searchBySender, giveUpMs, releaseUrl, endRun, cancelOnward } = parts;
  const { phrases, log, onError } = parts;
  return [
    createRunDispatcher({
      url,
      applicationName: 'everpost-dispatcher',
      client,
      connection,
      taskQueue: 'mail',
      searchBySender,
      onError,
      onStarted: (started) => log.debug({ started }, 'runs started'),
    }),
    createReconciler({
      url,
      applicationName: 'everpost-reconciler',
      client,
      endRun,
      onError,
      onMended: (what, workflowId) => log.warn({ workflowId }, `run mended: ${what}`),
    }),
    createOnwardDispatcher({
      url,
      applicationName: 'everpost-onward',
      client,
      connection,
      taskQueue: 'mail',
      cancel: cancelOnward,
      onError,
      onMended: (what, workflowId) => log.warn({ workflowId }, `onward delivery mended: ${what}`),
    }),
    createOutgoingDuty({
      url,
      applicationName: 'everpost-outgoing',
      client,
      connection,
      onError,
    }),
    createDeliveryReportDuty({
      url,
      applicationName: 'everpost-delivery-reports',
      tell: parts.tellSender,
      onError,
    }),
    createAiRepairDuty({
      url,
      applicationName: 'everpost-ai-repairs',
      client,
      connection,
      taskQueue: 'mail',
      giveUpMs,
      onError,
    }),
    createTrainingDuty({
      url,
      applicationName: 'everpost-trainings',
      client,
      connection,
      taskQueue: 'mail',
      onError,
    }),
    createWebhookDuty({
      url,
      applicationName: 'everpost-webhooks',
      client,
      connection,
      taskQueue: 'mail',
      onError,
    }),
    createPhraseDuty({
      url,
      applicationName: 'everpost-phrases',
      threads: phrases,
      onError,
    }),
    createDomainDuty({
      url,
      applicationName: 'everpost-domains',
      ...parts.domainLook,
      onError,
    }),
    createQuarantineDuty({
      url,
      applicationName: 'everpost-quarantine',
      releaseUrl,
      onError,
    }),
  ];
}
