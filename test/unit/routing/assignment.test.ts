import { describe, expect, it } from 'vitest';
import { chooseMember, propose, type Addressed } from '../../../src/domain/assignment.js';
import type { Person, Staff } from '../../../src/domain/staff.js';

const week = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', to: '17:00' }));
const person = (name: string, more: Partial<Person> = {}): Person => ({
  id: name.toLowerCase(),
  name,
  address: `${name.toLowerCase()}@example.org`,
  timeZone: 'Europe/Berlin',
  hours: week,
  absences: [],
  mostOpen: null,
  open: 0,
  lastAssignedAt: null,
  ...more,
});
/** A Friday, 11 o'clock in Berlin. */
const friday = new Date('2026-11-20T10:00:00Z');
const away = [{ from: '2026-11-18', until: '2026-11-22' }];

describe('who of a team gets a message', () => {
  it('is the one with the least open, then the one who waited longest, whatever the order', () => {
    const [ada, ben, cleo] = [
      person('Ada', { open: 3 }),
      person('Ben', { open: 1, lastAssignedAt: '2026-11-20T09:00:00Z' }),
      person('Cleo', { open: 1, lastAssignedAt: '2026-11-20T08:00:00Z' }),
    ];
    for (const members of [
      [ada, ben, cleo],
      [cleo, ben, ada],
      [ben, cleo, ada],
    ])
      expect(chooseMember(members, friday).person).toBe(cleo);
    expect(chooseMember([ada, ben], friday).explanation).toBe('Ben has least open (1)');
  });

  it('goes round where nobody has anything open', () => {
    let members = ['Ada', 'Ben', 'Cleo'].map((name) => person(name));
    const chosen = Array.from({ length: 6 }, (_, turn) => {
      const { person: one } = chooseMember(members, friday);
      const lastAssignedAt = `2026-11-20T10:00:0${turn}Z`;
      members = members.map((member) => (member.id === one?.id ? { ...member, lastAssignedAt } : member));
      return one?.name;
    });
    expect(chosen).toEqual(['Ada', 'Ben', 'Cleo', 'Ada', 'Ben', 'Cleo']);
  });

  it('is nobody who is away, and says until when', () => {
    const choice = chooseMember([person('Ada', { absences: away }), person('Ben', { open: 7 })], friday);
    expect(choice.person?.name).toBe('Ben');
    expect(choice.explanation).toBe('Ada is away until Sunday (2026-11-22): Ben is at work (7 open)');
  });

  it('is nobody who has as much open as he may', () => {
    const members = [person('Ada', { open: 2, mostOpen: 2 }), person('Ben', { open: 9 })];
    expect(chooseMember(members, friday).person?.name).toBe('Ben');
    const full = chooseMember(members.slice(0, 1), friday);
    expect(full).toMatchObject({ person: null, opensAt: null, explanation: 'Ada has 2 open, the most' });
  });

  it('is nobody at night: the team gets it, with the moment when the first one begins', () => {
    const members = [
      person('Ada', { absences: [{ from: '2026-11-23', until: '2026-11-23' }] }),
      person('Ben', { timeZone: 'America/New_York' }),
    ];
    const saturday = new Date('2026-11-21T12:00:00Z');
    const choice = chooseMember(members, saturday);
    expect(choice).toMatchObject({ person: null, opensAt: '2026-11-23T14:00:00.000Z' });
    expect(choice.explanation).toContain('Ben is not at work before Monday 2026-11-23 09:00 (America/New_York)');
    expect(chooseMember([], friday)).toMatchObject({ person: null, opensAt: null });
  });
});

describe('a proposal', () => {
  const staff: Staff = {
    people: [person('Ada'), person('Ben', { open: 4 })],
    teams: [{ id: 't', name: 'Billing', memberIds: ['ada', 'ben'], mailboxIds: [] }],
    automatic: false,
  };
  const addressed: Addressed = {
    teamId: null,
    personId: 'ben',
    source: 'rule',
    probability: 1,
    explanation: 'rule bills',
  };

  it('is the person whom a rule names, however much others are free, and is carried out', () => {
    expect(propose(addressed, staff, friday)).toMatchObject({ personId: 'ben', teamId: null, automatic: true });
  });

  it('is somebody else of the team while that person is away, and nobody else without a team', () => {
    const people = [staff.people[0]!, person('Ben', { absences: away })];
    const now = { ...staff, people };
    expect(propose({ ...addressed, teamId: 't' }, now, friday)).toMatchObject({ person: 'Ada', team: 'Billing' });
    expect(propose(addressed, now, friday)).toMatchObject({
      person: 'Ben',
      opensAt: '2026-11-23T08:00:00.000Z',
      explanation: 'rule bills; Ben is away until Sunday (2026-11-22), and it waits there',
    });
  });

  it('is carried out for what was learned only where the organization wants that', () => {
    const learned = { ...addressed, source: 'learned' as const, probability: 0.8 };
    expect(propose(learned, staff, friday)).toMatchObject({ automatic: false, probability: 0.8 });
    expect(propose(learned, { ...staff, automatic: true }, friday)).toMatchObject({ automatic: true });
  });

  it('is none where team and person are gone', () => {
    expect(propose({ ...addressed, personId: 'gone' }, staff, friday)).toBeNull();
  });
});
