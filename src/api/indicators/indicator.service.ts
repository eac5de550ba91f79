import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { hostNames } from '../../adapters/host-names.js';
import {
  countIndicators,
  deleteIndicator,
  listIndicators,
  putIndicators,
  type IndicatorRecord,
} from '../../adapters/organizations/indicators.js';
import { indicatorSpelling, readIndicators } from '../../domain/indicators.js';
import { idCursor, readIdCursor } from '../graphql/cursors.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { pageOf, pageSize, type Page } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';
import type { IndicatorInput } from './indicator.types.js';

const MOST_AT_ONCE = 1_000;
const spelling = indicatorSpelling(hostNames);

@Injectable()
export class IndicatorService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError BAD_USER_INPUT for a page size or a cursor that cannot be */
  async list(organizationId: string, first: number | null, after: string | null): Promise<Page<IndicatorRecord>> {
    const size = pageSize(first, 'indicators');
    const position = after === null ? null : readIdCursor(after);
    const records = await this.database.withOrganization(organizationId, (sql) =>
      listIndicators(sql, position, size + 1),
    );
    return pageOf(records, size, idCursor, position === null);
  }

  count(organizationId: string): Promise<number> {
    return this.database.withOrganization(organizationId, countIndicators);
  }

  /** @throws ApiError BAD_USER_INPUT that names every wrong entry; none is listed then */
  async add(organizationId: string, input: readonly IndicatorInput[]): Promise<IndicatorRecord[]> {
    if (input.length > MOST_AT_ONCE) throw wrongInput([{ field: 'input', problem: `must be at most ${MOST_AT_ONCE}` }]);
    const { indicators, problems } = readIndicators(input, spelling, new Date());
    if (problems.length > 0) throw wrongInput(problems);
    return this.database.withOrganization(organizationId, (sql) => putIndicators(sql, indicators));
  }

  /** @throws ApiError NOT_FOUND */
  async remove(organizationId: string, id: string): Promise<IndicatorRecord> {
    const removed = isUuid(id)
      ? await this.database.withOrganization(organizationId, (sql) => deleteIndicator(sql, id))
      : null;
    if (removed === null) throw new ApiError('NOT_FOUND', `there is no indicator ${id}`);
    return removed;
  }
}
