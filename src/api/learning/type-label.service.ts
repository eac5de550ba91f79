import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { readStoredLabels } from '../../adapters/learning/learned-models.js';
import { lockTypeLabels, removeTypeLabel, saveTypeLabel } from '../../adapters/learning/type-labels.js';
import { MOST_TYPE_LABELS, typeLabelProblems, typeLabels } from '../../domain/correction.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import type { TypeLabel, TypeLabelInput } from './type-label.types.js';

@Injectable()
export class TypeLabelService {
  constructor(private readonly database: Database) {}

  list(organizationId: string): Promise<TypeLabel[]> {
    return this.database.withOrganization(organizationId, async (sql) => typeLabels(await readStoredLabels(sql)));
  }

  /** @throws ApiError BAD_USER_INPUT, CONFLICT where there are too many */
  async save(organizationId: string, input: TypeLabelInput): Promise<TypeLabel> {
    return this.database.withOrganization(organizationId, async (sql) => {
      await lockTypeLabels(sql);
      const name = input.name.trim();
      const labels = typeLabels(await readStoredLabels(sql));
      const before = labels.find((label) => sameName(label.name, name));
      const label = {
        name: before?.builtIn === true ? before.name : name,
        description: input.description ?? before?.description ?? '',
        words: input.words ?? before?.words ?? [],
        enabled: input.enabled ?? before?.enabled ?? true,
      };
      const problems = typeLabelProblems(label);
      if (!label.enabled && !labels.some((one) => one.enabled && !sameName(one.name, label.name)))
        problems.push({ field: 'enabled', problem: ONE_MUST_BE_LEFT });
      if (problems.length > 0) throw wrongInput(problems);
      if (!(await saveTypeLabel(sql, label)))
        throw new ApiError('CONFLICT', `there are ${MOST_TYPE_LABELS} labels already: remove one first`);
      return { ...label, builtIn: before?.builtIn ?? false };
    });
  }

  /** @throws ApiError CONFLICT for the last one that messages are called by */
  async remove(organizationId: string, input: string): Promise<boolean> {
    const name = input.trim();
    return this.database.withOrganization(organizationId, async (sql) => {
      await lockTypeLabels(sql);
      const stored = await readStoredLabels(sql);
      const left = stored.filter((label) => !sameName(label.name, name));
      if (left.length === stored.length) return false;
      if (!typeLabels(left).some(({ enabled }) => enabled)) throw new ApiError('CONFLICT', ONE_MUST_BE_LEFT);
      return removeTypeLabel(sql, name);
    });
  }
}

const ONE_MUST_BE_LEFT = 'one label must be left that is switched on';
const sameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
