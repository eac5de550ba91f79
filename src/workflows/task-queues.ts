/** Where work is taken from. Workflows run on `mail`; what leaves the machine has a queue of its own. */
export const TASK_QUEUES = ['mail', 'scan', 'ai', 'delivery', 'analysis'] as const;
export type TaskQueue = (typeof TASK_QUEUES)[number];

/** The worker deployment that all builds belong to (Temporal worker versioning). */
export const DEPLOYMENT = 'everpost';
