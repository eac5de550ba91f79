import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../adapters/audit/audit.js';
import { Database, type Sql } from '../../adapters/database/database.js';
import { appendEvents } from '../../adapters/feed/append-events.js';
import { readRecipientAddress } from '../../adapters/outgoing/recipient-address.js';
import {
  listSuppressions,
  removeSuppression,
  suppressAddresses,
  type SuppressionRecord,
} from '../../adapters/signals/suppressions.js';
import type { Json } from '../../domain/json.js';
import { isLine, type Problem } from '../../domain/problem.js';
import type { Caller } from '../graphql/caller.js';
import { idCursor, readIdCursor } from '../graphql/cursors.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { pageOf, pageSize, type Page } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';
import type { SuppressionInput } from './suppression.types.js';

const LONGEST_NOTE = 500;

@Injectable()
export class SuppressionService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError BAD_USER_INPUT for a page or a cursor that cannot be */
  async list(
    organizationId: string,
    { address, first, after }: { address: string | null; first: number | null; after: string | null },
  ): Promise<Page<SuppressionRecord>> {
    const size = pageSize(first, 'entries');
    const before = after === null ? null : readIdCursor(after);
    const records = await this.database.withOrganization(organizationId, (sql) =>
      listSuppressions(sql, address === null ? null : stored(address), before, size + 1),
    );
    return pageOf(records, size, idCursor, before === null);
  }

  /** @throws ApiError BAD_USER_INPUT with every wrong field */
  async add(caller: Caller, { address, scope, note, expiresAt }: SuppressionInput): Promise<SuppressionRecord> {
    const problems: Problem[] = [];
    const read = readRecipientAddress(address.trim());
    if ('problem' in read) problems.push({ field: 'address', problem: read.problem });
    if (note != null && note !== '' && !isLine(note, LONGEST_NOTE)) {
      problems.push({ field: 'note', problem: `must be a line of at most ${LONGEST_NOTE} characters` });
    }
    if (expiresAt != null && Date.parse(expiresAt) <= Date.now()) {
      problems.push({ field: 'expiresAt', problem: 'must be in the future' });
    }
    if (problems.length > 0) throw wrongInput(problems);
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const [added] = await suppressAddresses(sql, caller.organizationId, [
        {
          address: stored(address),
          reason: 'MANUAL',
          scope: scope ?? 'ALL',
          note: note ?? '',
          messageId: null,
          createdBy: `token ${caller.viewer.name}`,
          expiresAt: expiresAt == null ? null : new Date(expiresAt),
        },
      ]);
      await tell(sql, caller, 'suppression.added', added!);
      return added!;
    });
  }

  /** @throws ApiError NOT_FOUND */
  async remove(caller: Caller, id: string): Promise<SuppressionRecord> {
    const removed = isUuid(id)
      ? await this.database.withOrganization(caller.organizationId, async (sql) => {
          const record = await removeSuppression(sql, id);
          if (record !== null) await tell(sql, caller, 'suppression.removed', record);
          return record;
        })
      : null;
    if (removed === null) throw new ApiError('NOT_FOUND', `there is no entry ${id} on the suppression list`);
    return removed;
  }
}

/** As recipients are stored: the domain in A-labels; and in small letters. */
function stored(address: string): string {
  const read = readRecipientAddress(address.trim());
  return ('problem' in read ? address.trim() : read.address).toLowerCase();
}

async function tell(
  sql: Sql,
  caller: Caller,
  kind: 'suppression.added' | 'suppression.removed',
  { id, address, reason, scope }: SuppressionRecord,
): Promise<void> {
  const { organizationId, viewer, clientAddress } = caller;
  const what: Json = { address, reason, scope };
  await recordAudit(sql, {
    organizationId,
    actor: `token ${viewer.name}`,
    address: clientAddress,
    action: kind === 'suppression.added' ? 'suppression.add' : 'suppression.remove',
    objectKind: 'suppression',
    objectId: id,
    ...(kind === 'suppression.added' ? { after: what } : { before: what }),
  });
  await appendEvents(sql, [{ organizationId, kind, messageId: null, payload: { id, address, reason, scope } }]);
}
