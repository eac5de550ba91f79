import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../adapters/audit/audit.js';
import { Database } from '../../adapters/database/database.js';
import { readSendingPolicy, writeSendingPolicy } from '../../adapters/outgoing/sending-policies.js';
import { sendingPolicyProblems, type SendingPolicy } from '../../domain/outgoing/sending-policy.js';
import type { Caller } from '../graphql/caller.js';
import { wrongInput } from '../graphql/errors.js';
import type { SendingPolicyInput } from './sending-policy.types.js';

@Injectable()
export class SendingPolicyService {
  constructor(private readonly database: Database) {}

  read(organizationId: string): Promise<SendingPolicy> {
    return this.database.withOrganization(organizationId, readSendingPolicy);
  }

  /** @throws ApiError BAD_USER_INPUT that names every wrong field */
  async update(caller: Caller, input: SendingPolicyInput): Promise<SendingPolicy> {
    const { organizationId, viewer, clientAddress } = caller;
    const change = Object.fromEntries(Object.entries(input).filter(([, value]) => value != null));
    return this.database.withOrganization(organizationId, async (sql) => {
      const before = await readSendingPolicy(sql);
      const after: SendingPolicy = { ...before, ...change };
      const problems = sendingPolicyProblems(after);
      if (problems.length > 0) throw wrongInput(problems);
      await writeSendingPolicy(sql, after, viewer.name);
      await recordAudit(sql, {
        organizationId,
        actor: `token ${viewer.name}`,
        address: clientAddress,
        action: 'sendingPolicy.update',
        objectKind: 'sendingPolicy',
        objectId: organizationId,
        before: { ...before },
        after: { ...after },
      });
      return after;
    });
  }
}
