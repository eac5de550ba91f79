import { Injectable } from '@nestjs/common';
import { Database } from '../../adapters/database/database.js';
import { deleteArcKey, makeArcKey, type ArcKeyRecord } from '../../adapters/onward/arc-keys.js';
import { deleteNextHop, putNextHop, readNextHops } from '../../adapters/onward/next-hops.js';
import { readDomains, type DomainRecord } from '../../adapters/organizations/domains.js';
import { keepsNextHopPassword, nextHopProblems, type NextHopDraft } from '../../domain/next-hop.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { SecretKey } from '../secret-key.js';
import type { ArcKey, NextHopInput } from './domain.types.js';

/** RFC 6376 3.1: labels of letters, digits and hyphens. */
const SELECTOR = /^(?=.{1,200}$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i;
const NO_KEY = 'secrets are not taken here: EVERPOST_SECRET_KEY is not set';

/** What a domain's mail goes on to, and is sealed with. */
@Injectable()
export class NextHopService {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretKey,
  ) {}

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT with every wrong field */
  set(organizationId: string, name: string, input: NextHopInput): Promise<DomainRecord> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const domain = await this.#domain(sql, name);
      const draft = draftOf(input);
      const [stored] = await readNextHops(sql, [domain.name]);
      // Else whoever may change a next hop could have its stored password sent to a server of their own.
      const keepsPassword = stored?.hasPassword === true && keepsNextHopPassword(stored, draft);
      const problems = nextHopProblems(draft, keepsPassword);
      if (draft.password !== null && this.secrets.key === null) problems.push({ field: 'password', problem: NO_KEY });
      if (problems.length > 0) throw wrongInput(problems);
      await putNextHop(sql, organizationId, domain.name, draft, this.secrets.key, keepsPassword);
      return domain;
    });
  }

  /** @throws ApiError NOT_FOUND */
  remove(organizationId: string, name: string): Promise<DomainRecord> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const domain = await this.#domain(sql, name);
      if (!(await deleteNextHop(sql, domain.name))) throw new ApiError('NOT_FOUND', `${domain.name} has no next hop`);
      return domain;
    });
  }

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT */
  createArcKey(organizationId: string, name: string, selector: string): Promise<DomainRecord> {
    const { key } = this.secrets;
    if (!SELECTOR.test(selector)) {
      throw wrongInput([{ field: 'selector', problem: 'must be letters, digits and hyphens, for example everpost1' }]);
    }
    if (key === null) throw wrongInput([{ field: 'selector', problem: NO_KEY }]);
    return this.database.withOrganization(organizationId, async (sql) => {
      const domain = await this.#domain(sql, name);
      await makeArcKey(sql, { secretKey: key, organizationId, domain: domain.name, selector: selector.toLowerCase() });
      return domain;
    });
  }

  /** @throws ApiError NOT_FOUND */
  removeArcKey(organizationId: string, name: string): Promise<DomainRecord> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const domain = await this.#domain(sql, name);
      if (!(await deleteArcKey(sql, domain.name))) throw new ApiError('NOT_FOUND', `${domain.name} has no ARC key`);
      return domain;
    });
  }

  async #domain(sql: Parameters<typeof readDomains>[0], name: string): Promise<DomainRecord> {
    const domain = (await readDomains(sql)).find((one) => one.name === name.trim().toLowerCase());
    if (domain === undefined) throw new ApiError('NOT_FOUND', `there is no domain ${name}`);
    return domain;
  }
}

function draftOf(input: NextHopInput): NextHopDraft {
  const socket = input.socket ?? null;
  return {
    protocol: input.protocol,
    host: input.host ?? null,
    port: input.port ?? null,
    socket,
    tls: input.tls ?? (socket === null ? 'OPPORTUNISTIC' : 'NONE'),
    ca: input.ca ?? null,
    username: input.username ?? null,
    password: input.password ?? null,
  };
}

export function arcKeyView({ domain, selector, publicKey, createdAt }: ArcKeyRecord): ArcKey {
  return {
    selector,
    dnsName: `${selector}._domainkey.${domain}`,
    dnsRecord: `v=DKIM1; k=rsa; p=${publicKey}`,
    createdAt,
  };
}
