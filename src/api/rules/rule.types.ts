import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { Disposition } from '../../domain/disposition.js';
import type { RuleActionKind } from '../../domain/rules.js';
import type { RulePhase } from '../../domain/rule-variables.js';
import { DispositionEnum, RuleActionKindEnum, RulePhaseEnum, RuleResultEnum } from '../graphql/enums.js';

@ObjectType({ description: 'One thing that a rule does; which fields count depends on its kind.' })
export class RuleAction {
  @Field(() => RuleActionKindEnum, { description: 'What it does.' })
  kind!: RuleActionKind;

  @Field(() => String, { nullable: true, description: 'reject: what the client is told after `550 5.7.1`.' })
  text?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'forward: where to. notify: whom; the members of its mailboxes where it is empty.',
  })
  addresses?: readonly string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'forward: whether the mailbox gets it too.' })
  keepCopy?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'redirect: the mailbox that gets it instead.' })
  mailboxId?: string | null;

  @Field(() => [String], { nullable: true, description: 'label: what it is labeled with.' })
  labels?: readonly string[] | null;
}

@ObjectType({ description: 'Decides over messages, or does something with them, where its expression holds.' })
export class DispositionRule {
  @Field(() => ID, { description: 'Never changes.' })
  id!: string;

  @Field(() => String, { description: 'Decisions name it.' })
  name!: string;

  @Field(() => Boolean, { description: 'Whether it is asked.' })
  enabled!: boolean;

  @Field(() => String, { description: 'In CEL over the variables of `ruleVariables`; gives true or false.' })
  expression!: string;

  @Field(() => [RuleAction], { description: 'What it does where the expression holds.' })
  actions!: RuleAction[];

  @Field(() => Boolean, { description: 'Whether rules behind it are not asked once it holds.' })
  stop!: boolean;

  @Field(() => Boolean, { description: 'Whether it goes before what the built-in checks found, malware too.' })
  overrides!: boolean;

  @Field(() => RulePhaseEnum, {
    description: 'From when on it can be asked; null where its expression cannot be read.',
    nullable: true,
  })
  phase!: RulePhase | null;
}

@InputType({ description: 'One thing that a rule does.' })
export class RuleActionInput {
  @Field(() => RuleActionKindEnum, { description: 'What it does.' })
  kind!: RuleActionKind;

  @Field(() => String, { nullable: true, description: 'reject: at most 200 printable characters of US-ASCII.' })
  text?: string | null;

  @Field(() => [String], { nullable: true, description: 'forward, notify: 20 at most.' })
  addresses?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'forward: false where it is left out.' })
  keepCopy?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'redirect: a mailbox of the organization.' })
  mailboxId?: string | null;

  @Field(() => [String], { nullable: true, description: 'label: 20 at most, of 50 characters each.' })
  labels?: string[] | null;
}

@InputType({ description: 'A rule as it should be.' })
export class DispositionRuleInput {
  @Field(() => String, { description: 'One line of at most 200 characters.' })
  name!: string;

  @Field(() => Boolean, { nullable: true, description: 'True where it is left out.' })
  enabled?: boolean | null;

  @Field(() => String, { description: 'In CEL; at most 4,000 characters.' })
  expression!: string;

  @Field(() => [RuleActionInput], { description: '1 to 10.' })
  actions!: RuleActionInput[];

  @Field(() => Boolean, { nullable: true, description: 'False where it is left out.' })
  stop?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'False where it is left out.' })
  overrides?: boolean | null;
}

@ObjectType({ description: 'Something that expressions of rules may look at.' })
export class RuleVariable {
  @Field(() => String, { description: 'As expressions write it.' })
  name!: string;

  @Field(() => String, {
    description: 'Its type in CEL; `list<Attachment>` is a list of what has the fields of `fields`.',
  })
  type!: string;

  @Field(() => RulePhaseEnum, { description: 'From when on it is known.' })
  known!: RulePhase;

  @Field(() => String, { description: 'What it says.' })
  description!: string;

  @Field(() => String, { description: 'An expression that uses it.' })
  example!: string;

  @Field(() => [RuleVariableField], { description: 'Fields of what its list holds, and methods of headers.' })
  fields!: RuleVariableField[];
}

@ObjectType({ description: 'A field of the entries of a list, or a method.' })
export class RuleVariableField {
  @Field(() => String, { description: 'As expressions write it.' })
  name!: string;

  @Field(() => String, { description: 'Its type in CEL.' })
  type!: string;

  @Field(() => String, { description: 'What it says.' })
  description!: string;
}

@ObjectType({ description: 'A part of an expression with what it gave.' })
export class ExplainedPart {
  @Field(() => String, { description: 'The part as it is written.' })
  expression!: string;

  @Field(() => String, { description: 'What it gave, in the notation of expressions; long texts are cut.' })
  value!: string;

  @Field(() => Int, { description: 'How deep it lies: 0 is the whole expression.' })
  depth!: number;
}

@ObjectType({ description: 'What became of one rule for one recipient in a dry run.' })
export class TestedRule {
  @Field(() => ID, { nullable: true, description: 'Null for a draft.' })
  id!: string | null;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => String, { description: 'Its expression.' })
  expression!: string;

  @Field(() => RuleResultEnum, { description: 'Whether it holds.' })
  result!: string;

  @Field(() => String, { nullable: true, description: 'Why it failed, or was not asked.' })
  problem!: string | null;

  @Field(() => [ExplainedPart], {
    description:
      'The parts of its expression with their values, outermost first; empty for what takes longer than a second in all.',
  })
  parts!: ExplainedPart[];

  @Field(() => [RuleAction], { description: 'What it would do; empty where it does not hold.' })
  actions!: RuleAction[];
}

@ObjectType({ description: 'What one recipient would get.' })
export class TestedRecipient {
  @Field(() => String, { description: 'The address of the envelope.' })
  address!: string;

  @Field(() => DispositionEnum, { description: 'What would be decided for it.' })
  disposition!: Disposition;

  @Field(() => String, { description: 'Why, in one sentence.' })
  reason!: string;

  @Field(() => [TestedRule], { description: 'Every rule, in the order in which they are asked.' })
  rules!: TestedRule[];

  @Field(() => [String], { description: 'Addresses that it would be forwarded to.' })
  forwardedTo!: string[];

  @Field(() => ID, { nullable: true, description: 'The mailbox that it would be redirected to.' })
  redirectedTo!: string | null;
}

@ObjectType({ description: 'What the rules would do with a message; nothing of it is done.' })
export class RuleTest {
  @Field(() => DispositionEnum, { description: 'What would be decided, were it analysed as its newest run did.' })
  disposition!: Disposition;

  @Field(() => String, { description: 'Why, in one sentence.' })
  reason!: string;

  @Field(() => [TestedRecipient], { description: 'By recipient of the envelope.' })
  recipients!: TestedRecipient[];

  @Field(() => [String], { description: 'Labels that it would get.' })
  labels!: string[];

  @Field(() => [String], { description: 'Who would be told; `members` stands for those of its mailboxes.' })
  notified!: string[];
}
