import { Script, type RunningCodeOptions } from 'node:vm';

/**
 * Loaded into the thread that runs workflows. Each of the SDK's calls into a workflow's VM has a time limit, for which
 * Node starts and joins a thread of its own: a dozen a message, measured as half of all CPU of a run (docs/decisions,
 * 0007). Workflow code here waits and decides and has no loop that could run away; whatever else hangs has a deadline.
 */
const limited = Object.getOwnPropertyDescriptor(Script.prototype, 'runInContext')!.value as Script['runInContext'];
Script.prototype.runInContext = function (context, options?: RunningCodeOptions) {
  return limited.call(this, context, { ...options, timeout: undefined }) as unknown;
};
