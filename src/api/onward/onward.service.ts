import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { commandOnward, type OnwardCommand } from '../../adapters/onward/person-commands.js';
import { readOnwardById, type OnwardRecord } from '../../adapters/onward/read-onward.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { ApiError } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';

@Injectable()
export class OnwardService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError NOT_FOUND, or COMMAND_REFUSED with the status and the reason */
  async command(viewer: Viewer, deliveryId: string, command: OnwardCommand): Promise<OnwardRecord> {
    const { result, delivery } = isUuid(deliveryId)
      ? await this.database.withOrganization(viewer.organizationId, async (sql) => ({
          result: await commandOnward(sql, deliveryId, command, viewer.name),
          delivery: await readOnwardById(sql, deliveryId),
        }))
      : { result: { result: 'notFound' as const }, delivery: null };
    if (result.result === 'notFound' || delivery === null) {
      throw new ApiError('NOT_FOUND', `there is no onward delivery ${deliveryId}`);
    }
    if (result.result === 'refused') {
      const { reason, status } = result;
      throw new ApiError('COMMAND_REFUSED', `${command} is refused: ${reason}`, { reason, status });
    }
    return delivery;
  }
}
