import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '../../adapters/database/database.js';
import { askAbout, concludeLook } from '../../adapters/domains/check-domain.js';
import { noteForced, readDkimKeys, type DkimKeyRecord } from '../../adapters/domains/dkim-keys.js';
import { tellOfDomain } from '../../adapters/domains/domain-notices.js';
import { makeKeys, moveKeys, type Actor, type KeyChanges } from '../../adapters/domains/key-changes.js';
import {
  lockDomain,
  updateDomain,
  type DomainRecord,
  type DomainSettings,
} from '../../adapters/organizations/domains.js';
import { activationSteps } from '../../domain/domains/dkim-rotation.js';
import { returnPathProblems } from '../../domain/domains/return-path.js';
import type { Problem } from '../../domain/problem.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { DomainLookProvider } from './domain-look.js';
import { audit, domainName, domainNamed } from './named-domain.js';
import type { DomainSettingsInput } from './sending.types.js';

/** Most recent keys that a domain keeps rows of would grow for ever by hand: so many may be made in a day. */
const MOST_KEYS_A_DAY = 20;
const DAY_MS = 86_400_000;

/** What mail from a domain is signed with, and what the DNS says of it. */
@Injectable()
export class DomainSendingService {
  constructor(
    private readonly database: Database,
    private readonly looks: DomainLookProvider,
  ) {}

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT with every wrong field */
  update(organizationId: string, actor: Actor, name: string, input: DomainSettingsInput): Promise<DomainRecord> {
    return this.#changing(organizationId, name, async (sql, domain) => {
      const before = settingsOf(domain);
      const after = merged(before, input);
      const problems = settingsProblems(domain.name, after);
      if (problems.length > 0) throw wrongInput(problems);
      const updated = await updateDomain(sql, domain.id, after);
      await audit(sql, domain, actor, 'domain.update', { before: { ...before }, after: { ...after } });
      await tellOfDomain(sql, updated, [], [{ kind: 'domain.changed', payload: {} }]);
      return updated;
    });
  }

  /** @throws ApiError NOT_FOUND, CONFLICT while keys wait for their records, or without a secret key */
  rotate(organizationId: string, actor: Actor, name: string, replacePending: boolean): Promise<DomainRecord> {
    return this.#changing(organizationId, name, async (sql, domain) => {
      const { secretKey } = this.looks.look;
      if (secretKey === null) throw new ApiError('CONFLICT', 'keys are not kept here: EVERPOST_SECRET_KEY is not set');
      const now = new Date();
      const keys = await readDkimKeys(sql, [domain.name]);
      const pending = keys.filter(({ status }) => status === 'PENDING');
      if (pending.length > 0 && !replacePending) {
        const which = pending.map(({ selector }) => selector).join(', ');
        throw new ApiError(
          'CONFLICT',
          `${which} wait for their records: publish them, or rotate with replacePending to drop them`,
        );
      }
      if (keys.filter(({ createdAt }) => Date.parse(createdAt) > now.getTime() - DAY_MS).length >= MOST_KEYS_A_DAY) {
        throw new ApiError('CONFLICT', `${domain.name} was given ${MOST_KEYS_A_DAY} keys within a day: wait`);
      }
      const dropped = pending.map((key) => ({ do: 'retire', key }) as const);
      const { events } = await moveKeys(sql, domain, dropped, actor, now);
      const made = await makeKeys(sql, secretKey, domain, actor, now);
      await tellOfDomain(sql, domain, [], [...events, ...made.events]);
    });
  }

  /** @throws ApiError NOT_FOUND, CONFLICT for a key that does not wait */
  activate(organizationId: string, actor: Actor, name: string, selector: string): Promise<DomainRecord> {
    return this.#changingKey(organizationId, name, selector, async (sql, domain, key, keys) => {
      if (key.status !== 'PENDING')
        throw new ApiError('CONFLICT', `${key.selector} does not wait: it is ${key.status}`);
      if (key.publishedAt === null) await noteForced(sql, key.id, actor.name);
      const steps = activationSteps(keys, key).flatMap((step) => (step.do === 'renew' ? [] : [step]));
      return moveKeys(sql, domain, steps, actor, new Date());
    });
  }

  /** @throws ApiError NOT_FOUND, CONFLICT for a key that is retired */
  retire(organizationId: string, actor: Actor, name: string, selector: string): Promise<DomainRecord> {
    return this.#changingKey(organizationId, name, selector, (sql, domain, key) => {
      if (key.status === 'RETIRED') throw new ApiError('CONFLICT', `${key.selector} is retired`);
      return moveKeys(sql, domain, [{ do: 'retire', key }], actor, new Date());
    });
  }

  /** @throws ApiError NOT_FOUND, CONFLICT where the DNS is not asked here */
  async check(organizationId: string, actor: Actor, name: string): Promise<DomainRecord> {
    const { look } = this.looks;
    if (look.resolver === null) throw new ApiError('CONFLICT', 'the DNS is not asked here: EVERPOST_DNS is off');
    const [domain, keys] = await this.database.withOrganization(organizationId, async (sql) => {
      const found = await domainNamed(sql, name);
      return [found, await readDkimKeys(sql, [found.name])] as const;
    });
    // Outside of any transaction: name servers may take their time.
    const now = new Date();
    const answers = await askAbout(look, domain, keys, now);
    return this.database.withOrganization(organizationId, async (sql) => {
      await concludeLook(sql, look, domain.id, answers, actor, now);
      return domainNamed(sql, name);
    });
  }

  #changingKey(
    organizationId: string,
    name: string,
    selector: string,
    change: (sql: Sql, domain: DomainRecord, key: DkimKeyRecord, keys: DkimKeyRecord[]) => Promise<KeyChanges>,
  ): Promise<DomainRecord> {
    return this.#changing(organizationId, name, async (sql, domain) => {
      const keys = await readDkimKeys(sql, [domain.name]);
      const key = keys.find((one) => one.selector === selector.trim().toLowerCase());
      if (key === undefined) throw new ApiError('NOT_FOUND', `${domain.name} has no key ${selector}`);
      const { notices, events } = await change(sql, domain, key, keys);
      await tellOfDomain(sql, domain, notices, events);
    });
  }

  #changing(
    organizationId: string,
    name: string,
    change: (sql: Sql, domain: DomainRecord) => Promise<DomainRecord | void>,
  ): Promise<DomainRecord> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const found = await domainNamed(sql, name);
      const domain = (await lockDomain(sql, found.id)) ?? found;
      return (await change(sql, domain)) ?? domain;
    });
  }
}

function settingsOf(domain: DomainRecord): DomainSettings {
  const { signingRequired, rotationDays, overlapDays, returnPathMode, returnPathHost } = domain;
  return { signingRequired, rotationDays, overlapDays, returnPathMode, returnPathHost };
}

function merged(before: DomainSettings, input: DomainSettingsInput): DomainSettings {
  const host = input.returnPathHost;
  return {
    signingRequired: input.signingRequired ?? before.signingRequired,
    rotationDays: input.keyRotationDays === undefined ? before.rotationDays : input.keyRotationDays,
    overlapDays: input.keyOverlapDays ?? before.overlapDays,
    returnPathMode: input.returnPathMode ?? before.returnPathMode,
    returnPathHost: host === undefined ? before.returnPathHost : host === null ? null : domainName(host),
  };
}

function settingsProblems(domain: string, settings: DomainSettings): Problem[] {
  const { rotationDays, overlapDays, returnPathHost } = settings;
  const problems = returnPathProblems(domain, returnPathHost);
  if (rotationDays !== null && (rotationDays < 1 || rotationDays > 3_650)) {
    problems.push({ field: 'keyRotationDays', problem: 'must be 1 to 3650' });
  }
  if (overlapDays < 1 || overlapDays > 90) problems.push({ field: 'keyOverlapDays', problem: 'must be 1 to 90' });
  return problems;
}
