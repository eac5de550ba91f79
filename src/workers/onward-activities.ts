import { Context } from '@temporalio/activity';
import { createOnwardActivities } from '../activities/onward.activities.js';
import { onwardSeal } from '../activities/onward-seal.js';
import type { Database } from '../adapters/database/database.js';
import { isUnreachable } from '../adapters/database/unreachable.js';
import { readSealingKey } from '../adapters/onward/arc-keys.js';
import { handOver } from '../adapters/onward/hand-over.js';
import { readReceived, wentBefore } from '../adapters/onward/message-content.js';
import { OnwardStore } from '../adapters/onward/onward-store.js';
import { Ways } from '../adapters/onward/ways.js';
import type { Config } from '../config.js';
import type { DnsResolver } from '../engines/authentication/authenticate.js';

export interface OnwardParts {
  database: Database;
  dns: DnsResolver | null;
  onward: Config['onward'];
  secretKey: Buffer | null;
  /** What we call ourselves to other servers. */
  hostname: string;
  /** Told of a domain whose mail goes on without the seal that it should have. */
  onWarning: (error: unknown, domain: string) => void;
}

/** Onward delivery put together from its parts: its activities of a build, and its store. */
export function composeOnward({ database, dns, onward, secretKey, hostname, onWarning }: OnwardParts) {
  const ways = new Ways({ resolve: dns, ...onward, secretKey });
  const store = new OnwardStore(database, {
    forwardServer: (domain) => ways.forwardServer(domain),
    shortestWaitMs: onward.retriesMs[0] ?? onward.giveUpMs,
  });
  return {
    store,
    activities: (buildId: string) =>
      createOnwardActivities({
        store,
        readMessage: (organizationId, messageId) => readReceived(database, organizationId, messageId),
        wentBefore: (organizationId, messageId, traces, target) =>
          wentBefore(database, organizationId, messageId, traces, target),
        findWay: (target, organizationId) => ways.find(target, organizationId),
        handOver,
        seal: async (organizationId, domain, content, message) => {
          try {
            const key = await database.withOrganization(organizationId, (sql) =>
              readSealingKey(sql, secretKey, organizationId, domain),
            );
            return key === null ? null : await onwardSeal(content, message, { domain, ...key }, new Date());
          } catch (error) {
            if (isUnreachable(error)) throw error;
            // A key that cannot be used must not keep the mail: it goes on without a seal.
            onWarning(error, domain);
            return null;
          }
        },
        schedule: onward,
        helloName: hostname,
        replyTimeoutMs: onward.replyTimeoutMs,
        buildId,
        now: () => new Date(),
        random: Math.random,
        heartbeat: () => Context.current().heartbeat(),
        cancellation: () => Context.current().cancellationSignal,
      }),
  };
}
