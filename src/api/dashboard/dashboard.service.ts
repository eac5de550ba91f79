import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { readCounters, readToday } from '../../adapters/organizations/counters.js';
import { wrongInput } from '../graphql/errors.js';
import type { Dashboard } from './dashboard.types.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_DAYS = 30;
const MOST_DAYS = 366;

@Injectable()
export class DashboardService {
  constructor(private readonly database: Database) {}

  /** @throws ApiError BAD_USER_INPUT for days that lie the wrong way round or too far apart */
  async read(organizationId: string, from: string | null, to: string | null): Promise<Dashboard> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const last = to ?? (await readToday(sql));
      const first = from ?? earlier(last, DEFAULT_DAYS - 1);
      if (first > last) throw wrongInput([{ field: 'from', problem: `must not lie after ${last}` }]);
      if (first < earlier(last, MOST_DAYS - 1)) {
        throw wrongInput([{ field: 'from', problem: `must lie at most ${MOST_DAYS} days before ${last}` }]);
      }
      return { from: first, to: last, counters: await readCounters(sql, first, last) };
    });
  }
}

function earlier(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
}
