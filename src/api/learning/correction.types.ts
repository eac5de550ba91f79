import { Field, Float, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { CorrectionKind } from '../../domain/correction.js';
import type { SpamScope } from '../../domain/spam-scope.js';
import { CorrectionKindEnum, SpamScopeEnum } from '../graphql/enums.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import { Message } from '../messages/message.types.js';

@InputType({ description: 'What a person says of one answer of one message.' })
export class CorrectionInput {
  @Field(() => ID, { description: 'An incoming message, by its id.' })
  messageId!: string;

  @Field(() => CorrectionKindEnum, { description: 'Which answer.' })
  kind!: CorrectionKind;

  @Field(() => String, { description: 'What is right, see CorrectionKind. Saying what was answered confirms it.' })
  value!: string;

  @Field(() => String, { nullable: true, description: 'For ACTION, which suggestion: `archive`, `reply`, ...' })
  action?: string | null;

  @Field(() => SpamScopeEnum, {
    defaultValue: 'ORGANIZATION',
    description: 'Whose mail it counts for. ROUTING counts for the organization.',
  })
  scope!: SpamScope;

  @Field(() => ID, {
    nullable: true,
    description: 'For the scope MAILBOX, which one; every mailbox that the message is in where it is left out.',
  })
  mailboxId?: string | null;
}

@ObjectType({ description: 'What a person said of one answer, and what had been answered.' })
export class Correction {
  @Field(() => ID, { description: 'Takes it back: withdrawCorrection.' })
  id!: string;

  @Field(() => ID, { description: 'The message; it may be deleted by now.' })
  messageId!: string;

  @Field(() => CorrectionKindEnum, { description: 'Which answer.' })
  kind!: CorrectionKind;

  @Field(() => String, { nullable: true, description: 'For ACTION, which suggestion.' })
  action!: string | null;

  @Field(() => ID, { nullable: true, description: 'Whose mail it counts for; null: the organization’s.' })
  mailboxId!: string | null;

  @Field(() => String, { nullable: true, description: 'What had been answered; null where nothing had.' })
  said!: string | null;

  @Field(() => Float, { nullable: true, description: 'How sure that was.' })
  saidConfidence!: number | null;

  @Field(() => String, { nullable: true, description: 'The engine that had answered, with its version.' })
  saidByEngine!: string | null;

  @Field(() => ID, { nullable: true, description: 'The ModelVersion that had a say in it.' })
  saidByVersionId!: string | null;

  @Field(() => String, { description: 'What is right.' })
  value!: string;

  @Field(() => String, { description: 'Who said so: the name of a token.' })
  givenBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  givenAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was replaced or taken back; null: in force.' })
  endedAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Who replaced it or took it back.' })
  endedBy!: string | null;
}

@ObjectType({ description: 'What became of a correction.' })
export class CorrectPayload {
  @Field(() => Message, { description: 'The message; what was answered for it stays until it is reprocessed.' })
  message!: Message;

  @Field(() => [Correction], { description: 'What is in force for that answer, one a mailbox that it counts for.' })
  corrections!: Correction[];

  @Field(() => Boolean, { description: 'False where the same had been said before.' })
  changed!: boolean;
}

@ObjectType({ description: 'What became of taking a correction back.' })
export class WithdrawCorrectionPayload {
  @Field(() => Correction, { description: 'The correction, which is no longer in force.' })
  correction!: Correction;

  @Field(() => Boolean, { description: 'False where it was not in force any more.' })
  changed!: boolean;
}
