import { Injectable } from '@nestjs/common';
import { Database, sqlState } from '../../adapters/database/database.js';
import { tellOfDomain } from '../../adapters/domains/domain-notices.js';
import { makeKeys, type Actor } from '../../adapters/domains/key-changes.js';
import {
  deleteDomain,
  insertDomain,
  lockDomain,
  readDependents,
  readDomain,
  readDomains,
  type DomainRecord,
} from '../../adapters/organizations/domains.js';
import { isDomainName } from '../../domain/mailbox.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { DomainLookProvider } from './domain-look.js';
import { audit, domainName, domainNamed } from './named-domain.js';

const FOREIGN_KEY_VIOLATION = '23503';

@Injectable()
export class DomainService {
  constructor(
    private readonly database: Database,
    private readonly looks: DomainLookProvider,
  ) {}

  list(organizationId: string): Promise<DomainRecord[]> {
    return this.database.withOrganization(organizationId, readDomains);
  }

  find(organizationId: string, written: string): Promise<DomainRecord | null> {
    return this.database.withOrganization(organizationId, (sql) => readDomain(sql, domainName(written)));
  }

  /**
   * With DKIM keys, where keys are kept here.
   *
   * @throws ApiError BAD_USER_INPUT for what is no domain, CONFLICT for one that is taken
   */
  async add(organizationId: string, actor: Actor, written: string): Promise<DomainRecord> {
    const name = domainName(written);
    if (!isDomainName(name))
      throw wrongInput([{ field: 'name', problem: 'must be a domain, for example example.org' }]);
    return this.database.withOrganization(organizationId, async (sql) => {
      const domain = await insertDomain(sql, name);
      if (domain === null) throw new ApiError('CONFLICT', `name: ${name} is taken already`, { field: 'name' });
      await audit(sql, domain, actor, 'domain.add', { after: { name } });
      const { secretKey } = this.looks.look;
      const made = secretKey === null ? [] : (await makeKeys(sql, secretKey, domain, actor, new Date())).events;
      await tellOfDomain(sql, domain, [], [{ kind: 'domain.added', payload: {} }, ...made]);
      return domain;
    });
  }

  /** @throws ApiError NOT_FOUND, CONFLICT that says what depends on it */
  async remove(organizationId: string, actor: Actor, written: string): Promise<DomainRecord> {
    try {
      return await this.database.withOrganization(organizationId, async (sql) => {
        const domain = await domainNamed(sql, written);
        await lockDomain(sql, domain.id);
        const dependents = await readDependents(sql, domain);
        if (dependents.length > 0) {
          const what = dependents.map(({ kind, count }) => `${count} ${kind}`).join(' and ');
          throw new ApiError('CONFLICT', `${domain.name} has ${what}: remove those first`);
        }
        await audit(sql, domain, actor, 'domain.remove', { before: { name: domain.name } });
        await tellOfDomain(sql, domain, [], [{ kind: 'domain.removed', payload: {} }]);
        await deleteDomain(sql, domain.id);
        return domain;
      });
    } catch (error) {
      if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error;
      throw new ApiError('CONFLICT', `something still refers to ${written}: remove that first`);
    }
  }
}
