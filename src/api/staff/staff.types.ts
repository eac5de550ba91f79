import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'Hours of one weekday, by the clock of the person.' })
export class WorkingHours {
  @Field(() => Int, { description: '1 Monday to 7 Sunday.' })
  weekday!: number;

  @Field(() => String, { description: '`08:30`.' })
  from!: string;

  @Field(() => String, { description: '`17:00`; at or before `from` it is on the next day.' })
  to!: string;
}

@ObjectType({ description: 'Days on which somebody is not there.' })
export class Absence {
  @Field(() => String, { description: 'The first day: `2026-12-24`.' })
  from!: string;

  @Field(() => String, { description: 'The last day.' })
  until!: string;
}

@ObjectType({ description: 'Somebody who answers mail.' })
export class Person {
  @Field(() => ID, { description: 'Never changes.' })
  id!: string;

  @Field(() => String, { description: 'What people call him.' })
  name!: string;

  @Field(() => String, { description: 'His address; one person has it.' })
  address!: string;

  @Field(() => String, { description: 'In the names of IANA: his hours and absences go by it.' })
  timeZone!: string;

  @Field(() => [WorkingHours], { description: 'When he is at work; without any, always but on days of absence.' })
  hours!: WorkingHours[];

  @Field(() => [Absence], { description: 'When he is away.' })
  absences!: Absence[];

  @Field(() => Int, { nullable: true, description: 'With so many open, others get what comes; null: no bound.' })
  mostOpen!: number | null;

  @Field(() => Int, { description: 'Messages that are assigned to him and not done.' })
  open!: number;

  @Field(() => Boolean, { description: 'Whether he is at work now.' })
  working!: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When he begins next, where he is not at work.' })
  opensAt!: string | null;
}

@ObjectType({ description: 'People who answer the same mail.' })
export class Team {
  @Field(() => ID, { description: 'Never changes.' })
  id!: string;

  @Field(() => String, { description: 'What people call it.' })
  name!: string;

  @Field(() => [Person], { description: 'Its people, by name.' })
  members!: Person[];

  @Field(() => [ID], { description: 'Mailboxes whose mail is its to answer.' })
  mailboxIds!: string[];
}

@InputType({ description: 'Hours of one weekday.' })
export class WorkingHoursInput {
  @Field(() => Int, { description: '1 Monday to 7 Sunday.' })
  weekday!: number;

  @Field(() => String, { description: '`08:30`.' })
  from!: string;

  @Field(() => String, { description: '`17:00`; at or before `from` it is on the next day.' })
  to!: string;
}

@InputType({ description: 'Days on which somebody is not there, both of them too.' })
export class AbsenceInput {
  @Field(() => String, { description: 'The first day: `2026-12-24`.' })
  from!: string;

  @Field(() => String, { description: 'The last day.' })
  until!: string;
}

@InputType({ description: 'A person as he shall be; what is left out of one that is there stays as it is.' })
export class SavePersonInput {
  @Field(() => ID, { nullable: true, description: 'The person to change; a new one where it is left out.' })
  id?: string | null;

  @Field(() => String, { description: 'At most 200 characters.' })
  name!: string;

  @Field(() => String, { description: 'An address; letter case does not count.' })
  address!: string;

  @Field(() => String, { nullable: true, description: 'A name of IANA; a new person has the organization’s.' })
  timeZone?: string | null;

  @Field(() => [WorkingHoursInput], { nullable: true, description: 'At most 42.' })
  hours?: WorkingHoursInput[] | null;

  @Field(() => [AbsenceInput], { nullable: true, description: 'At most 200.' })
  absences?: AbsenceInput[] | null;

  @Field(() => Int, { nullable: true, description: '1 or more; null: no bound.' })
  mostOpen?: number | null;
}

@InputType({ description: 'A team as it shall be; what is left out of one that is there stays as it is.' })
export class SaveTeamInput {
  @Field(() => ID, { nullable: true, description: 'The team to change; a new one where it is left out.' })
  id?: string | null;

  @Field(() => String, { description: 'At most 200 characters; no other team has it.' })
  name!: string;

  @Field(() => [ID], { nullable: true, description: 'People of the organization.' })
  memberIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Mailboxes that become its own; a mailbox has one team.' })
  mailboxIds?: string[] | null;
}
