import path from 'node:path';
import workerThreads, { Worker, type WorkerOptions } from 'node:worker_threads';

const SDK_THREAD = 'workflow-worker-thread.js';
/** The same file seen from src (tests) and from dist. */
const PRELOAD = path.join(import.meta.dirname, `without-vm-watchdog${path.extname(import.meta.filename)}`);

/** A thread as Node makes it, but the SDK's workflow threads load `without-vm-watchdog` first. */
class WorkflowThread extends Worker {
  constructor(filename: string | URL, options?: WorkerOptions) {
    const isWorkflowThread = String(filename).endsWith(SDK_THREAD);
    super(filename, isWorkflowThread ? { ...options, execArgv: [...process.execArgv, '--import', PRELOAD] } : options);
  }
}

/**
 * Spares the SDK's workflow threads the watchdog of node:vm. The SDK has no option for it, so the class by which it
 * makes its threads is replaced; call it before the first worker is created.
 */
export function spareVmWatchdog(): void {
  workerThreads.Worker = WorkflowThread;
}
