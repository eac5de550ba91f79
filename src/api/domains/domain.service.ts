import { domainToASCII } from 'node:url';
import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { insertDomain, readDomains, type DomainRecord } from '../../adapters/organizations/domains.js';
import { isDomainName } from '../../domain/mailbox.js';
import { ApiError, wrongInput } from '../graphql/errors.js';

@Injectable()
export class DomainService {
  constructor(private readonly database: Database) {}

  list(organizationId: string): Promise<DomainRecord[]> {
    return this.database.withOrganization(organizationId, readDomains);
  }

  /** @throws ApiError BAD_USER_INPUT for what is no domain, CONFLICT for one that is taken */
  async add(organizationId: string, written: string): Promise<DomainRecord> {
    const name = domainToASCII(written.trim().replace(/\.$/, ''));
    if (!isDomainName(name))
      throw wrongInput([{ field: 'name', problem: 'must be a domain, for example example.org' }]);
    const domain = await this.database.withOrganization(organizationId, (sql) => insertDomain(sql, name));
    if (domain === null) throw new ApiError('CONFLICT', `name: ${name} is taken already`, { field: 'name' });
    return domain;
  }
}
