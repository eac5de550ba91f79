import { domainToASCII } from 'node:url';
import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../adapters/audit/audit.js';
import { Database, type Sql } from '../../adapters/database/database.js';
import { readProtectionPolicy, writeProtectionPolicy } from '../../adapters/mail-keys/protection-policies.js';
import { keyAddress } from '../../adapters/mail-keys/key-address.js';
import { readRecipientKey } from '../../adapters/mail-keys/read-recipient-key.js';
import {
  countRecipientKeys,
  listRecipientKeys,
  putRecipientKeys,
  removeRecipientKey,
  type RecipientKeyRecord,
} from '../../adapters/mail-keys/recipient-keys.js';
import type { Json } from '../../domain/json.js';
import { MailKeyRefused } from '../../domain/mail-key.js';
import { isMailAddress } from '../../domain/mailbox.js';
import {
  protectionPolicyProblems,
  type ProtectionPolicy,
  type ProtectionRule,
} from '../../domain/outgoing/protection-policy.js';
import { MOST_RECIPIENT_KEYS, type RecipientKeyFacts } from '../../domain/recipient-key.js';
import type { Caller } from '../graphql/caller.js';
import { idCursor, readIdCursor } from '../graphql/cursors.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { pageOf, pageSize, type Page } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';
import type { ProtectionPolicyInput, ProtectionRuleInput, RecipientKeyInput } from './protection.types.js';

/** Who adds a key that ends within this time is told. */
const SOON_MS = 30 * 86_400_000;

@Injectable()
export class ProtectionService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError BAD_USER_INPUT for a page size or a cursor that cannot be */
  async listKeys(
    organizationId: string,
    address: string | null,
    first: number | null,
    after: string | null,
  ): Promise<Page<RecipientKeyRecord>> {
    const size = pageSize(first, 'recipientKeys');
    const before = after === null ? null : readIdCursor(after);
    const records = await this.database.withOrganization(organizationId, (sql) =>
      listRecipientKeys(sql, address, before, size + 1),
    );
    return pageOf(records, size, idCursor, before === null);
  }

  /** @throws ApiError BAD_USER_INPUT for what is no key, has expired or cannot be encrypted to; CONFLICT where it is full */
  async addKey(caller: Caller, { key, address }: RecipientKeyInput) {
    if (address != null && !isMailAddress(address.trim())) {
      throw wrongInput([{ field: 'address', problem: 'must be a mail address' }]);
    }
    const now = new Date();
    const facts = await readRecipientKey(key, now).catch((error: unknown) => {
      if (!(error instanceof MailKeyRefused)) throw error;
      throw wrongInput([{ field: error.field, problem: error.message }]);
    });
    const addresses = address == null ? facts.addresses : [address.trim()];
    if (addresses.length === 0) {
      throw wrongInput([{ field: 'address', problem: 'is needed: the key names no mail address' }]);
    }
    const added = { source: 'UPLOADED', trust: 'VERIFIED', facts, createdBy: caller.viewer.name } as const;
    const keys = await this.database.withOrganization(caller.organizationId, async (sql) => {
      if ((await countRecipientKeys(sql)) >= MOST_RECIPIENT_KEYS) {
        throw new ApiError('CONFLICT', `an organization has at most ${MOST_RECIPIENT_KEYS} keys of recipients`);
      }
      const records = await putRecipientKeys(
        sql,
        caller.organizationId,
        addresses.map((one) => ({ ...added, address: one })),
      );
      for (const record of records) await audit(sql, caller, 'recipientKey.add', record.id, { after: namedBy(record) });
      return records;
    });
    return { keys, warnings: warningsOn(facts, addresses, now) };
  }

  /** @throws ApiError NOT_FOUND */
  async removeKey(caller: Caller, id: string): Promise<RecipientKeyRecord> {
    const removed = isUuid(id)
      ? await this.database.withOrganization(caller.organizationId, async (sql) => {
          const record = await removeRecipientKey(sql, id);
          if (record !== null) await audit(sql, caller, 'recipientKey.remove', id, { before: namedBy(record) });
          return record;
        })
      : null;
    if (removed === null) throw new ApiError('NOT_FOUND', `there is no key ${id}`);
    return removed;
  }

  readPolicy(organizationId: string): Promise<ProtectionPolicy> {
    return this.database.withOrganization(organizationId, readProtectionPolicy);
  }

  /** @throws ApiError BAD_USER_INPUT that names every wrong field */
  async updatePolicy(caller: Caller, { rules, ...input }: ProtectionPolicyInput): Promise<ProtectionPolicy> {
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value != null));
    const change: Partial<ProtectionPolicy> = { ...given, ...(rules == null ? {} : { rules: rules.map(ruleOf) }) };
    const problems = protectionPolicyProblems({ rules: change.rules ?? [] });
    if (problems.length > 0) throw wrongInput(problems);
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const before = await readProtectionPolicy(sql);
      const after = { ...before, ...change };
      await writeProtectionPolicy(sql, after, caller.viewer.name);
      const changed = { before: { ...before } as unknown as Json, after: { ...after } as unknown as Json };
      await audit(sql, caller, 'protectionPolicy.update', caller.organizationId, changed);
      return after;
    });
  }
}

function ruleOf({ from, to, sign, encrypt, form }: ProtectionRuleInput): ProtectionRule {
  return {
    from: domainPattern(from),
    to: domainPattern(to),
    sign: sign ?? null,
    encrypt: encrypt ?? null,
    form: form ?? null,
  };
}

/** As it is compared; what is no domain stays as it is and is refused. */
function domainPattern(written: string | null | undefined): string | null {
  if (written == null || written.trim() === '*') return null;
  const pattern = written.trim().toLowerCase().replace(/\.$/, '');
  const prefix = pattern.startsWith('*.') ? '*.' : '';
  const domain = pattern.slice(prefix.length);
  return `${prefix}${domainToASCII(domain) || domain}`;
}

function warningsOn(facts: RecipientKeyFacts, addresses: readonly string[], now: Date): string[] {
  const other = addresses.filter((address) => !facts.addresses.includes(keyAddress(address)));
  const names = facts.addresses.join(', ') || 'no address';
  const ends = facts.validTo === null ? null : new Date(facts.validTo);
  const begins = facts.validFrom === null ? null : new Date(facts.validFrom);
  return [
    ...other.map((address) => `the key names ${names} and not ${address}: make sure that it is theirs`),
    ...(begins !== null && begins > now ? [`the key is not in force before ${day(begins)}`] : []),
    ...(ends !== null && ends.getTime() - now.getTime() < SOON_MS ? [`the key ends on ${day(ends)}`] : []),
  ];
}

const day = (date: Date) => date.toISOString().slice(0, 10);
const namedBy = ({ address, kind, fingerprint }: RecipientKeyRecord): Json => ({ address, kind, fingerprint });

async function audit(
  sql: Sql,
  { organizationId, viewer, clientAddress }: Caller,
  action: string,
  objectId: string,
  change: { before?: Json; after?: Json },
): Promise<void> {
  await recordAudit(sql, {
    organizationId,
    actor: `token ${viewer.name}`,
    address: clientAddress,
    action,
    objectKind: action.slice(0, action.indexOf('.')),
    objectId,
    ...change,
  });
}
