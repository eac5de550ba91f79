import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import {
  countMailKeys,
  putMailKey,
  readMailKeys,
  revokeMailKey,
  type MailKeyRecord,
} from '../../adapters/mail-keys/mail-keys.js';
import { readMailKey } from '../../adapters/mail-keys/read-key.js';
import { MailKeyRefused, MOST_MAIL_KEYS } from '../../domain/mail-key.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { SecretKey } from '../secret-key.js';
import type { MailKeyInput } from './mail-key.types.js';

@Injectable()
export class MailKeyService {
  constructor(
    private readonly database: Database,
    private readonly secretKey: SecretKey,
  ) {}

  list(organizationId: string): Promise<MailKeyRecord[]> {
    return this.database.withOrganization(organizationId, readMailKeys);
  }

  /** @throws ApiError BAD_USER_INPUT for what is no key or does not open; CONFLICT where it cannot be kept */
  async add(organizationId: string, createdBy: string, input: MailKeyInput): Promise<MailKeyRecord> {
    const facts = await readMailKey(input.key, input.passphrase ?? null).catch((error: unknown) => {
      if (!(error instanceof MailKeyRefused)) throw error;
      throw wrongInput([{ field: error.field, problem: error.message }]);
    });
    const secretKey = this.secretKey.key;
    if (facts.privatePart !== null && secretKey === null) {
      throw new ApiError('CONFLICT', 'EVERPOST_SECRET_KEY is not set: a private key cannot be kept without it');
    }
    return this.database.withOrganization(organizationId, async (sql) => {
      if ((await countMailKeys(sql)) >= MOST_MAIL_KEYS) {
        throw new ApiError('CONFLICT', `an organization has at most ${MOST_MAIL_KEYS} keys`);
      }
      const stored = await putMailKey(sql, { organizationId, createdBy, secretKey, facts });
      if (stored === null) throw new ApiError('CONFLICT', 'this key was revoked: revoking is for good');
      return stored;
    });
  }

  /** @throws ApiError NOT_FOUND */
  async revoke(organizationId: string, id: string): Promise<MailKeyRecord> {
    const revoked = isUuid(id)
      ? await this.database.withOrganization(organizationId, (sql) => revokeMailKey(sql, id))
      : null;
    if (revoked === null) throw new ApiError('NOT_FOUND', `there is no key ${id}`);
    return revoked;
  }
}
