import type { WorkerSettings } from '../../src/workers/worker-process.js';

/** Onward delivery and webhooks in tests: retries come within a second, and servers on loopback are allowed. */
export const ONWARD_SETTINGS: Pick<WorkerSettings, 'onward' | 'secretKey' | 'webhooks' | 'outgoing' | 'transport'> = {
  onward: {
    retriesMs: [200, 400],
    giveUpMs: 60_000,
    replyTimeoutMs: 5_000,
    privateNetworks: true,
    forwardRelay: null,
  },
  outgoing: { retriesMs: [200, 400], giveUpMs: 60_000, conversations: 20 },
  transport: {
    helloName: 'mx.example.org',
    smartHost: null,
    replyTimeoutMs: 5_000,
    privateNetworks: true,
    privateSmartHosts: true,
    concurrency: 20,
    ipPreference: 'prefer-ipv4',
    port: 25,
  },
  secretKey: Buffer.alloc(32, 7),
  webhooks: {
    retriesMs: [200, 400],
    giveUpMs: 60_000,
    timeoutMs: 2_000,
    disableAfterMs: 60_000,
    privateNetworks: true,
  },
};
