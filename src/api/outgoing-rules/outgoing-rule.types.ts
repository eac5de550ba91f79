import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { OutgoingRuleActionKind } from '../../domain/outgoing/outgoing-rules.js';
import type { Verdict } from '../../domain/outgoing/outcomes.js';
import { OutgoingRuleActionKindEnum, OutgoingVerdictEnum, RuleResultEnum } from '../graphql/enums.js';
import { ExplainedPart } from '../rules/rule.types.js';

@ObjectType({ description: 'One thing that a rule does; which fields count depends on its kind.' })
export class OutgoingRuleAction {
  @Field(() => OutgoingRuleActionKindEnum, { description: 'What it does.' })
  kind!: OutgoingRuleActionKind;

  @Field(() => String, { nullable: true, description: 'addFooter: the text.' })
  text?: string | null;

  @Field(() => String, { nullable: true, description: 'addFooter: for HTML; made of the text where it is null.' })
  html?: string | null;

  @Field(() => String, { nullable: true, description: 'warnExternal: before the subject, for example [External].' })
  prefix?: string | null;

  @Field(() => String, { nullable: true, description: 'warnExternal: above the text.' })
  notice?: string | null;

  @Field(() => String, { nullable: true, description: 'addHeader: the name of the field.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'addHeader: its value.' })
  value?: string | null;

  @Field(() => String, { nullable: true, description: 'retain: the tag.' })
  tag?: string | null;

  @Field(() => [String], { nullable: true, description: 'requireApproval: whose, in words for a person.' })
  approvers?: readonly string[] | null;

  @Field(() => String, { nullable: true, description: 'refuse: what the sender is told.' })
  message?: string | null;

  @Field(() => Int, { nullable: true, description: 'limitRecipients: so many are allowed.' })
  most?: number | null;

  @Field(() => [String], { nullable: true, description: 'forbidAttachments: extensions without the dot.' })
  extensions?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: 'forbidAttachments: content types; video/* for all of them.' })
  types?: readonly string[] | null;

  @Field(() => OutgoingVerdictEnum, {
    nullable: true,
    description: 'limitRecipients, forbidAttachments: hold or refuse.',
  })
  verdict?: Verdict | null;

  @Field(() => Boolean, { nullable: true, description: 'requireProtection: it must be signed.' })
  sign?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'requireProtection: it must be encrypted.' })
  encrypt?: boolean | null;
}

@ObjectType({ description: 'Changes, holds or refuses outgoing mail where its expression holds.' })
export class OutgoingRule {
  @Field(() => ID, { description: 'Never changes.' })
  id!: string;

  @Field(() => String, { description: 'Reasons name it.' })
  name!: string;

  @Field(() => Boolean, { description: 'Whether it is asked.' })
  enabled!: boolean;

  @Field(() => String, { description: 'In CEL over the variables of `outgoingRuleVariables`; gives true or false.' })
  expression!: string;

  @Field(() => [OutgoingRuleAction], { description: 'What it does where the expression holds.' })
  actions!: OutgoingRuleAction[];
}

@InputType({ description: 'One thing that a rule does; which fields count depends on its kind.' })
export class OutgoingRuleActionInput {
  @Field(() => OutgoingRuleActionKindEnum, { description: 'What it does.' })
  kind!: OutgoingRuleActionKind;

  @Field(() => String, { nullable: true, description: 'addFooter: at most 4,000 characters.' })
  text?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'addFooter: at most 16,000 characters, without scripts or forms.',
  })
  html?: string | null;

  @Field(() => String, { nullable: true, description: 'warnExternal: at most 50 characters.' })
  prefix?: string | null;

  @Field(() => String, { nullable: true, description: 'warnExternal: at most 1,000 characters.' })
  notice?: string | null;

  @Field(() => String, { nullable: true, description: 'addHeader: a field that says nothing of author or content.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'addHeader: one line of at most 500 characters.' })
  value?: string | null;

  @Field(() => String, { nullable: true, description: 'retain: at most 50 letters, digits, dots and hyphens.' })
  tag?: string | null;

  @Field(() => [String], { nullable: true, description: 'requireApproval: none where it is left out.' })
  approvers?: string[] | null;

  @Field(() => String, { nullable: true, description: 'refuse: one line of at most 500 characters.' })
  message?: string | null;

  @Field(() => Int, { nullable: true, description: 'limitRecipients: 1 or more.' })
  most?: number | null;

  @Field(() => [String], { nullable: true, description: 'forbidAttachments: without the dot.' })
  extensions?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'forbidAttachments: application/zip, video/*.' })
  types?: string[] | null;

  @Field(() => OutgoingVerdictEnum, { nullable: true, description: 'hold (where it is left out) or refuse.' })
  verdict?: Verdict | null;

  @Field(() => Boolean, { nullable: true, description: 'requireProtection: false where it is left out.' })
  sign?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'requireProtection: false where it is left out.' })
  encrypt?: boolean | null;
}

@InputType({ description: 'A rule for outgoing mail as it should be.' })
export class OutgoingRuleInput {
  @Field(() => String, { description: 'One line of at most 200 characters.' })
  name!: string;

  @Field(() => Boolean, { nullable: true, description: 'True where it is left out.' })
  enabled?: boolean | null;

  @Field(() => String, { description: 'In CEL; at most 4,000 characters. `true` for all mail.' })
  expression!: string;

  @Field(() => [OutgoingRuleActionInput], { description: '1 to 10.' })
  actions!: OutgoingRuleActionInput[];
}

@ObjectType({ description: 'What became of one rule in a dry run.' })
export class TestedOutgoingRule {
  @Field(() => ID, { nullable: true, description: 'Null for a draft.' })
  id!: string | null;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => RuleResultEnum, { description: 'Whether it holds.' })
  result!: string;

  @Field(() => String, { nullable: true, description: 'Why it failed, or was not asked.' })
  problem!: string | null;

  @Field(() => [ExplainedPart], { description: 'The parts of its expression with their values, outermost first.' })
  parts!: ExplainedPart[];
}

@ObjectType({ description: 'What the rules would do with an outgoing message; nothing of it is done.' })
export class OutgoingRuleTest {
  @Field(() => OutgoingVerdictEnum, { description: 'What the rules alone come to.' })
  verdict!: Verdict;

  @Field(() => [String], { description: 'Why, in sentences: what they change, hold or refuse.' })
  reasons!: string[];

  @Field(() => String, { nullable: true, description: 'The retention tag that it would get.' })
  retention!: string | null;

  @Field(() => [TestedOutgoingRule], { description: 'Every rule, in the order in which they are asked.' })
  rules!: TestedOutgoingRule[];
}
