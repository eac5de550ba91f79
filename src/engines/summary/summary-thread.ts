import type { ThreadSummary, ThreadSummaryTask } from '../../domain/thread-summary.js';
import { summariseThread } from './summarise-thread.js';

/** What a thread of src/adapters/summary/summary-threads.ts runs. */
export default function summarise(task: ThreadSummaryTask): ThreadSummary {
  return summariseThread(task);
}
