import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '../../adapters/database/database.js';
import { readMailboxes } from '../../adapters/organizations/mailboxes.js';
import { findTimeZone, readOrganization } from '../../adapters/organizations/settings.js';
import {
  chooseAutomatic,
  isTaken,
  readRulesNaming,
  readStaff,
  removePerson,
  removeTeam,
  savePerson,
  saveTeam,
} from '../../adapters/staff/staff.js';
import { isLocalZone } from '../../domain/local-time.js';
import {
  MOST_PEOPLE,
  MOST_TEAMS,
  personProblems,
  teamProblems,
  type Person as PersonRecord,
  type Staff,
} from '../../domain/staff.js';
import { isWorking, nextOpening } from '../../domain/working-time.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import type { Person, SavePersonInput, SaveTeamInput, Team } from './staff.types.js';

@Injectable()
export class StaffService {
  constructor(private readonly database: Database) {}

  async people(organizationId: string): Promise<Person[]> {
    return (await this.#staff(organizationId)).people.map(shown);
  }

  async teams(organizationId: string): Promise<Team[]> {
    const staff = await this.#staff(organizationId);
    return staff.teams.map(({ id }) => shownTeam(staff, id));
  }

  async automatic(organizationId: string): Promise<boolean> {
    return (await this.#staff(organizationId)).automatic;
  }

  async chooseAutomatic(organizationId: string, automatic: boolean): Promise<boolean> {
    await this.database.withOrganization(organizationId, (sql) => chooseAutomatic(sql, automatic));
    return automatic;
  }

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT that names every wrong field, CONFLICT for an address that is taken */
  async savePerson(organizationId: string, input: SavePersonInput): Promise<Person> {
    const id = input.id ?? null;
    if (id !== null && !isUuid(id)) throw noPerson(id);
    return this.#writing(organizationId, 'address', async (sql) => {
      const [staff, organization] = await Promise.all([readStaff(sql), readOrganization(sql)]);
      const before = staff.people.find((person) => person.id === id);
      if (id !== null && before === undefined) throw noPerson(id);
      const draft = {
        name: input.name.trim(),
        address: input.address.trim().toLowerCase(),
        timeZone: (input.timeZone ?? before?.timeZone ?? organization.timeZone).trim(),
        hours: input.hours ?? before?.hours ?? [],
        absences: input.absences ?? before?.absences ?? [],
        mostOpen: input.mostOpen === undefined ? (before?.mostOpen ?? null) : input.mostOpen,
      };
      const problems = personProblems(draft);
      const zone = isLocalZone(draft.timeZone) ? await findTimeZone(sql, draft.timeZone) : null;
      if (zone === null) {
        problems.push({ field: 'timeZone', problem: 'is no time zone of IANA: for example Europe/Berlin or UTC' });
      }
      if (id === null && staff.people.length >= MOST_PEOPLE) {
        problems.push({ field: 'name', problem: `there are ${MOST_PEOPLE} people already` });
      }
      if (problems.length > 0 || zone === null) throw wrongInput(problems);
      const saved = await savePerson(sql, id, { ...draft, timeZone: zone });
      const person = (await readStaff(sql)).people.find((one) => one.id === saved);
      if (person === undefined) throw noPerson(id ?? '');
      return shown(person);
    });
  }

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT that names every wrong field, CONFLICT for a name that is taken */
  async saveTeam(organizationId: string, input: SaveTeamInput): Promise<Team> {
    const id = input.id ?? null;
    if (id !== null && !isUuid(id)) throw noTeam(id);
    return this.#writing(organizationId, 'name', async (sql) => {
      const [staff, mailboxes] = await Promise.all([readStaff(sql), readMailboxes(sql)]);
      const before = staff.teams.find((team) => team.id === id);
      if (id !== null && before === undefined) throw noTeam(id);
      const draft = {
        name: input.name.trim(),
        memberIds: input.memberIds ?? before?.memberIds ?? [],
        mailboxIds: input.mailboxIds ?? before?.mailboxIds ?? [],
      };
      const ids = (rows: readonly { id: string }[]) => rows.map((row) => row.id);
      const problems = teamProblems(draft, { personIds: ids(staff.people), mailboxIds: ids(mailboxes) });
      if (id === null && staff.teams.length >= MOST_TEAMS) {
        problems.push({ field: 'name', problem: `there are ${MOST_TEAMS} teams already` });
      }
      if (problems.length > 0) throw wrongInput(problems);
      const saved = await saveTeam(sql, id, draft);
      if (saved === null) throw noTeam(id ?? '');
      return shownTeam(await readStaff(sql), saved);
    });
  }

  /** @throws ApiError CONFLICT while rules assign mail to him */
  removePerson(organizationId: string, id: string): Promise<boolean> {
    return this.#removing(organizationId, id, removePerson);
  }

  /** @throws ApiError CONFLICT while rules assign mail to it */
  removeTeam(organizationId: string, id: string): Promise<boolean> {
    return this.#removing(organizationId, id, removeTeam);
  }

  async #removing(organizationId: string, id: string, remove: typeof removePerson): Promise<boolean> {
    if (!isUuid(id)) return false;
    return this.database.withOrganization(organizationId, async (sql) => {
      const rules = await readRulesNaming(sql, id);
      if (rules.length > 0) {
        const named = rules.map(({ mailbox, rule }) => `${rule} of ${mailbox}`).join(', ');
        throw new ApiError('CONFLICT', `rules assign mail there, change them first: ${named}`, { rules });
      }
      return remove(sql, id);
    });
  }

  #staff(organizationId: string): Promise<Staff> {
    return this.database.withOrganization(organizationId, readStaff);
  }

  async #writing<Saved>(organizationId: string, field: string, write: (sql: Sql) => Promise<Saved>): Promise<Saved> {
    try {
      return await this.database.withOrganization(organizationId, write);
    } catch (error) {
      if (isTaken(error)) throw new ApiError('CONFLICT', `${field}: another one has it already`, { field });
      throw error;
    }
  }
}

function shown(person: PersonRecord): Person {
  const now = new Date();
  const working = isWorking(person, now);
  return {
    ...person,
    hours: [...person.hours],
    absences: [...person.absences],
    working,
    opensAt: working ? null : (nextOpening(person, now)?.toISOString() ?? null),
  };
}

function shownTeam(staff: Staff, id: string): Team {
  const team = staff.teams.find((one) => one.id === id);
  if (team === undefined) throw noTeam(id);
  const members = staff.people.filter((person) => team.memberIds.includes(person.id)).map(shown);
  return { id, name: team.name, members, mailboxIds: [...team.mailboxIds] };
}

const noPerson = (id: string) => new ApiError('NOT_FOUND', `there is no person ${id}`);
const noTeam = (id: string) => new ApiError('NOT_FOUND', `there is no team ${id}`);
