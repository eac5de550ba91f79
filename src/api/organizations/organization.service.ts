import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import {
  findTimeZone,
  readOrganization,
  updatePolicy,
  updateQuarantine,
  updateReadingLanguage,
  updateTimeZone,
  type OrganizationRecord,
} from '../../adapters/organizations/settings.js';
import { DEFAULT_POLICY, policyProblems, type PolicyOverrides } from '../../domain/disposition.js';
import { isLanguageCode } from '../../domain/reading-language.js';
import { DEFAULT_QUARANTINE, quarantineProblems, type QuarantineSettings } from '../../domain/quarantine.js';
import type { UpdateQuarantineInput } from '../quarantine/quarantine.types.js';
import { wrongInput } from '../graphql/errors.js';
import type { Organization, UpdatePolicyInput } from './organization.types.js';

@Injectable()
export class OrganizationService {
  constructor(private readonly database: Database) {}

  async read(organizationId: string): Promise<Organization> {
    return shown(await this.database.withOrganization(organizationId, readOrganization));
  }

  /** @throws ApiError BAD_USER_INPUT that names every wrong field */
  async updatePolicy(organizationId: string, input: UpdatePolicyInput): Promise<Organization> {
    const chosen = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)) as PolicyOverrides;
    const problems = policyProblems(chosen);
    if (problems.length > 0) throw wrongInput(problems);
    return shown(await this.database.withOrganization(organizationId, (sql) => updatePolicy(sql, input)));
  }

  /** @throws ApiError BAD_USER_INPUT that names every wrong field */
  async updateQuarantine(organizationId: string, input: UpdateQuarantineInput): Promise<Organization> {
    const given = Object.entries(input).filter(([, value]) => value !== undefined);
    const chosen = Object.fromEntries(given) as Partial<QuarantineSettings>;
    const problems = quarantineProblems(chosen);
    if (problems.length > 0) throw wrongInput(problems);
    return shown(await this.database.withOrganization(organizationId, (sql) => updateQuarantine(sql, chosen)));
  }

  /** @throws ApiError BAD_USER_INPUT for a zone that Node or Postgres does not know: both count in it */
  async updateTimeZone(organizationId: string, name: string): Promise<Organization> {
    const organization = await this.database.withOrganization(organizationId, async (sql) => {
      const timeZone = isTimeZone(name) ? await findTimeZone(sql, name) : null;
      return timeZone === null ? null : updateTimeZone(sql, timeZone);
    });
    if (organization === null) {
      const problem = `${JSON.stringify(name)} is no time zone of IANA: for example Europe/Berlin or UTC`;
      throw wrongInput([{ field: 'timeZone', problem }]);
    }
    return shown(organization);
  }

  /** @throws ApiError BAD_USER_INPUT for what is no code of a language */
  async updateReadingLanguage(organizationId: string, language: string): Promise<Organization> {
    if (!isLanguageCode(language)) {
      throw wrongInput([{ field: 'language', problem: 'must be a code of ISO 639-1: en, de, fr' }]);
    }
    return shown(await this.database.withOrganization(organizationId, (sql) => updateReadingLanguage(sql, language)));
  }
}

function shown({ id, name, timeZone, readingLanguage, policy, quarantine }: OrganizationRecord): Organization {
  return {
    id,
    name,
    timeZone,
    readingLanguage,
    policy: { ...DEFAULT_POLICY, ...policy },
    quarantine: { ...DEFAULT_QUARANTINE, ...quarantine },
  };
}

/** Node takes offsets (`+01:00`) as well, in which there is no summer. */
function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // RangeError: Node does not know it
  }
}
