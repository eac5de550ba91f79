import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { RuleField, RuleOperator } from '../../domain/routing.js';
import { RuleFieldEnum, RuleOperatorEnum } from '../graphql/enums.js';

@ObjectType({ description: 'One comparison; letter case never counts.' })
export class RuleCondition {
  @Field(() => RuleFieldEnum, { description: 'What it looks at.' })
  field!: RuleField;

  @Field(() => RuleOperatorEnum, { description: 'How it compares.' })
  operator!: RuleOperator;

  @Field(() => String, { description: 'What it compares with.' })
  value!: string;
}

@ObjectType({ description: 'Sends mail that a mailbox received on to another one where all its conditions hold.' })
export class RoutingRule {
  @Field(() => String, { description: 'Routes are explained by it.' })
  name!: string;

  @Field(() => [RuleCondition], { description: 'All must hold.' })
  conditions!: RuleCondition[];

  @Field(() => ID, { description: 'The mailbox that it sends mail on to.' })
  mailboxId!: string;

  @Field(() => ID, { nullable: true, description: 'The team that its mail is assigned to.' })
  teamId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The person that its mail is assigned to; with a team, somebody else of it while he is not there.',
  })
  personId?: string | null;
}

@ObjectType({ description: 'An address, or a pattern of addresses, of the organization.' })
export class Mailbox {
  @Field(() => ID, { description: 'Stays the same when its pattern changes.' })
  id!: string;

  @Field(() => String, { description: 'What people call it.' })
  name!: string;

  @Field(() => String, {
    description: '`sales@example.org`, `support+*@example.org`, or `*@example.org` for a whole domain.',
  })
  pattern!: string;

  @Field(() => [String], {
    description: 'Addresses of the people who are told of what needs them; without any, the mailbox itself is.',
  })
  members!: string[];

  @Field(() => [RoutingRule], { description: 'Asked in this order; the first one that holds applies, and no other.' })
  rules!: RoutingRule[];
}

@InputType({ description: 'One comparison of a rule.' })
export class RuleConditionInput {
  @Field(() => RuleFieldEnum, { description: 'What it looks at.' })
  field!: RuleField;

  @Field(() => RuleOperatorEnum, { description: 'How it compares.' })
  operator!: RuleOperator;

  @Field(() => String, { description: 'What it compares with; at most 500 characters.' })
  value!: string;
}

@InputType({ description: 'A rule of a mailbox.' })
export class RoutingRuleInput {
  @Field(() => String, { description: 'At most 200 characters.' })
  name!: string;

  @Field(() => [RuleConditionInput], { description: '1 to 20; all must hold.' })
  conditions!: RuleConditionInput[];

  @Field(() => ID, { description: 'The mailbox that it sends mail on to.' })
  mailboxId!: string;

  @Field(() => ID, { nullable: true, description: 'The team that its mail is assigned to.' })
  teamId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The person that its mail is assigned to; with a team, somebody else of it while he is not there.',
  })
  personId?: string | null;
}

@InputType({ description: 'A mailbox as it shall be.' })
export class SaveMailboxInput {
  @Field(() => ID, { nullable: true, description: 'The mailbox to change; a new one where it is left out.' })
  id?: string | null;

  @Field(() => String, { description: 'At most 200 characters.' })
  name!: string;

  @Field(() => String, {
    description:
      'An address or a pattern in a domain of the organization: `sales@example.org`, `support+*@example.org`, ' +
      '`*@example.org`. The most exact one that fits receives.',
  })
  pattern!: string;

  @Field(() => [String], { nullable: true, description: 'At most 500 addresses; as they were where it is left out.' })
  members?: string[] | null;

  @Field(() => [RoutingRuleInput], { nullable: true, description: 'At most 100; as they were where it is left out.' })
  rules?: RoutingRuleInput[] | null;
}
