import { domainToASCII } from 'node:url';
import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { Database } from '../../adapters/database/database.js';
import {
  countEntries,
  deleteEntry,
  listEntries,
  putEntry,
  readChosenPolicy,
  writeChosenPolicy,
  type ListEntryRecord,
} from '../../adapters/intake/address-lists.js';
import { patternProblem, patternSpelling } from '../../domain/address-list.js';
import { DEFAULT_INTAKE_POLICY, intakePolicyProblems, type IntakePolicy } from '../../domain/intake-policy.js';
import { isLine, type Problem } from '../../domain/problem.js';
import type { Caller } from '../graphql/caller.js';
import { idCursor, readIdCursor } from '../graphql/cursors.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { pageOf, pageSize, type Page } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';
import type { AddressListEntryInput, UpdateIntakePolicyInput } from './intake-policy.types.js';

const LONGEST_NOTE = 500;
/** The intake reads them all, each second that it is asked. */
const MOST_ENTRIES = 10_000;

@Injectable()
export class IntakePolicyService {
  constructor(private readonly database: Database) {}

  async read(organizationId: string): Promise<IntakePolicy> {
    const chosen = await this.database.withOrganization(organizationId, readChosenPolicy);
    return { ...DEFAULT_INTAKE_POLICY, ...chosen };
  }

  /** @throws ApiError BAD_USER_INPUT that names every wrong field */
  async update(organizationId: string, input: UpdateIntakePolicyInput): Promise<IntakePolicy> {
    const given = spelled(input);
    const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
    const problems = intakePolicyProblems(chosen);
    if (problems.length > 0) throw wrongInput(problems);
    const written = await this.database.withOrganization(organizationId, (sql) => writeChosenPolicy(sql, given));
    return { ...DEFAULT_INTAKE_POLICY, ...written };
  }

  /** @throws ApiError BAD_USER_INPUT for a page size or a cursor that cannot be */
  async list(organizationId: string, first: number | null, after: string | null): Promise<Page<ListEntryRecord>> {
    const size = pageSize(first, 'addressLists');
    const position = after === null ? null : readIdCursor(after);
    const records = await this.database.withOrganization(organizationId, (sql) => listEntries(sql, position, size + 1));
    return pageOf(records, size, idCursor, position === null);
  }

  /** @throws ApiError BAD_USER_INPUT that names every wrong field */
  async add({ organizationId, viewer }: Caller, input: AddressListEntryInput): Promise<ListEntryRecord> {
    const pattern = inAscii(patternSpelling(input.pattern));
    const problems = entryProblems(input, pattern);
    if (problems.length > 0) throw wrongInput(problems);
    const { list, subject, mailboxId = null, note, expiresAt = null } = input;
    return this.database.withOrganization(organizationId, async (sql) => {
      if (mailboxId !== null) await mustHaveMailbox(sql, mailboxId);
      if ((await countEntries(sql)) >= MOST_ENTRIES) {
        throw wrongInput([
          { field: 'pattern', problem: `there are ${MOST_ENTRIES} entries already: remove some first` },
        ]);
      }
      return putEntry(sql, { list, subject, pattern, mailboxId, note: note ?? '', expiresAt }, viewer.name);
    });
  }

  /** @throws ApiError NOT_FOUND */
  async remove(organizationId: string, id: string): Promise<ListEntryRecord> {
    const removed = isUuid(id)
      ? await this.database.withOrganization(organizationId, (sql) => deleteEntry(sql, id))
      : null;
    if (removed === null) throw new ApiError('NOT_FOUND', `there is no entry ${id}`);
    return removed;
  }
}

function spelled({ blockLists, ...rest }: UpdateIntakePolicyInput): UpdateIntakePolicyInput {
  if (blockLists === undefined || blockLists === null)
    return { ...rest, ...(blockLists === null ? { blockLists } : {}) };
  const lists = blockLists.map(({ zone, codes, action }) => ({
    zone: inAscii(zone.trim().toLowerCase().replace(/\.$/, '')),
    codes: codes.map((code) => code.trim()),
    action,
  }));
  return { ...rest, blockLists: lists };
}

/** The domain of a pattern as the intake compares it; what is no domain stays as it is and is refused. */
function inAscii(pattern: string): string {
  const domainAt = pattern.includes('@') ? pattern.lastIndexOf('@') + 1 : pattern.startsWith('*.') ? 2 : 0;
  const domain = pattern.slice(domainAt);
  if (!/[^\0-\x7f]/.test(domain)) return pattern;
  return `${pattern.slice(0, domainAt)}${domainToASCII(domain) || domain}`;
}

/** Without the short forms of the resolver's library (`10.1`, `0x7f.1`), which name another address than they seem to. */
function isNetwork(text: string): boolean {
  const [address, ...bits] = text.split('/');
  const written = ipaddr.IPv6.isValid(address!) || ipaddr.IPv4.isValidFourPartDecimal(address!);
  return written && (bits.length === 0 || ipaddr.isValidCIDR(text));
}

function entryProblems({ subject, note, expiresAt }: AddressListEntryInput, pattern: string): Problem[] {
  const problems: Problem[] = [];
  const wrong = patternProblem(subject, pattern, isNetwork);
  if (wrong !== null) problems.push(wrong);
  if (note && !isLine(note, LONGEST_NOTE)) {
    problems.push({ field: 'note', problem: `must be one line of at most ${LONGEST_NOTE} characters` });
  }
  if (expiresAt && new Date(expiresAt) <= new Date())
    problems.push({ field: 'expiresAt', problem: 'must lie in the future' });
  return problems;
}

async function mustHaveMailbox(
  sql: (text: string, values: unknown[]) => Promise<unknown[]>,
  mailboxId: string,
): Promise<void> {
  const found = isUuid(mailboxId) ? await sql('select from mailboxes where id = $1', [mailboxId]) : [];
  if (found.length === 0) throw wrongInput([{ field: 'mailboxId', problem: `there is no mailbox ${mailboxId}` }]);
}
