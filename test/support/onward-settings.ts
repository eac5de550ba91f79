import type { WorkerSettings } from '../../src/workers/worker-process.js';

/** Onward delivery in tests: retries come within a second, and servers on loopback are allowed. */
export const ONWARD_SETTINGS: Pick<WorkerSettings, 'onward' | 'secretKey'> = {
  onward: {
    retriesMs: [200, 400],
    giveUpMs: 60_000,
    replyTimeoutMs: 5_000,
    privateNetworks: true,
    forwardRelay: null,
  },
  secretKey: Buffer.alloc(32, 7),
};
