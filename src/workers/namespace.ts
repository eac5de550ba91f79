import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, type Client, type Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { DEPLOYMENT } from '../workflows/task-queues.js';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.js';

const IN_PROGRESS = proto.temporal.api.enums.v1.RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS;
const PROPAGATION_MS = 20;
const KEYWORD = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

/** Of the status codes of gRPC. */
const NOT_FOUND: ReadonlySet<number> = new Set([5]);

/**
 * Registers the search attributes that are missing.
 *
 * @throws one error that names those that the server lacks and would not take
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = SEARCH_ATTRIBUTES.filter(({ name }) => customAttributes[name] === undefined);
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name }) => [name, KEYWORD])),
    });
  } catch (cause) {
    const names = missing.map(({ name }) => name).join(', ');
    throw new Error(
      `the Temporal namespace ${namespace} lacks the search attributes ${names} (Keyword) and did not let this ` +
        `worker add them: add them with \`temporal operator search-attribute create --type Keyword --name ...\``,
      { cause },
    );
  }
}

/** Whether Temporal sends new runs to any build: one that has lost its state does not. */
export async function hasCurrentBuild(client: Client): Promise<boolean> {
  try {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace: client.options.namespace,
      deploymentName: DEPLOYMENT,
    });
    return Boolean(workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId);
  } catch (error) {
    if (isGrpcServiceError(error) && NOT_FOUND.has(error.code)) return false;
    throw error;
  }
}

/**
 * Makes a build the one that new runs begin on; runs in flight stay on theirs. Returns when all task queues know: what
 * is started between the call and that may still begin on the build before.
 */
export async function makeCurrent(client: Client, buildId: string): Promise<void> {
  await client.workflowService.setWorkerDeploymentCurrentVersion({
    namespace: client.options.namespace,
    deploymentName: DEPLOYMENT,
    buildId,
    ignoreMissingTaskQueues: true,
    identity: client.options.identity,
  });
  while (await isPropagating(client)) await sleep(PROPAGATION_MS);
}

/** Newer servers answer before their task queues know; older ones after it, and leave the state unspecified. */
async function isPropagating(client: Client): Promise<boolean> {
  const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
    namespace: client.options.namespace,
    deploymentName: DEPLOYMENT,
  });
  return workerDeploymentInfo?.routingConfigUpdateState === IN_PROGRESS;
}
