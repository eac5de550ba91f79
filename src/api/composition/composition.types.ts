import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { AnsweredBy } from '../../domain/ai.js';
import { DRAFT_CHECKS, type DraftCheck } from '../../domain/composition.js';
import { JsonScalar } from '../graphql/scalars.js';

export const DraftCheckEnum = Object.fromEntries(DRAFT_CHECKS.map((check) => [check, check])) as Record<
  DraftCheck,
  DraftCheck
>;
registerEnumType(DraftCheckEnum, {
  name: 'DraftCheck',
  description: 'What a draft is looked through for.',
  valuesMap: {
    GRAMMAR: { description: 'English grammar.' },
    SPELLING: { description: 'Words that are in no dictionary of the language.' },
    TONE: { description: 'Harsh, demanding, blaming, informal, shouting.' },
    ATTACHMENT: { description: 'Speaks of an attachment and has none.' },
    RECIPIENTS: { description: 'Recipients that were perhaps not meant.' },
  },
});

@InputType({ description: 'A mail that is being written, as far as it is.' })
export class PredictTextInput {
  @Field(() => ID, { description: 'The mailbox that it is written from.' })
  mailboxId!: string;

  @Field(() => String, { description: 'The text without quotes; at most 100,000 characters.' })
  text!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'UTF-16 code units of the text before the cursor; its end where it is left out.',
  })
  cursor?: number | null;

  @Field(() => String, { nullable: true, description: 'At most 1,000 characters.' })
  subject?: string | null;

  @Field(() => ID, { nullable: true, description: 'The message that it answers: its words are likely here.' })
  inReplyTo?: string | null;

  @Field(() => Int, { nullable: true, description: '1 to 5 completions; 3 where it is left out.' })
  most?: number | null;
}

@ObjectType({ description: 'What may be inserted at the cursor.' })
export class TextCompletion {
  @Field(() => String, { description: 'Exactly what is inserted, with the space after it where one is likely.' })
  text!: string;

  @Field(() => Float, { description: 'Of these very characters coming next, 0 to 1.' })
  probability!: number;
}

@ObjectType({ description: 'How a text may go on.' })
export class TextPrediction {
  @Field(() => [TextCompletion], {
    description: 'What saves most first; none where nothing was learned, or there was no answer within a second.',
  })
  completions!: TextCompletion[];

  @Field(() => Float, {
    description:
      "That one of them is what comes next, 0 to 1: the share of the model's mass that they have together; 0 where there are none.",
  })
  confidence!: number;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'AnsweredBy: the embedded engine, and how long it took; null where there was no answer in time.',
  })
  answeredBy!: AnsweredBy | null;
}

@InputType({ description: 'A mail before it is sent.' })
export class CheckDraftInput {
  @Field(() => ID, { description: 'The mailbox that it is written from.' })
  mailboxId!: string;

  @Field(() => String, { description: 'Plain text, quotes included: they are let be. At most 100,000 characters.' })
  text!: string;

  @Field(() => String, { nullable: true, description: 'At most 1,000 characters.' })
  subject?: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 639-1; found out where it is left out.' })
  language?: string | null;

  @Field(() => [String], { nullable: true, description: 'To, Cc and Bcc; at most 500 addresses.' })
  recipients?: string[] | null;

  @Field(() => Int, { nullable: true, description: 'How many files are attached; none where it is left out.' })
  attachments?: number | null;

  @Field(() => ID, { nullable: true, description: 'The message that it answers.' })
  inReplyTo?: string | null;
}

@ObjectType({ description: 'Something to look at before sending. Nothing is held back by it.' })
export class DraftWarning {
  @Field(() => DraftCheckEnum, { description: 'Which check found it.' })
  check!: DraftCheck;

  @Field(() => String, { description: 'The same for the same kind of fault: `tone.harsh`, `recipient.slip`.' })
  code!: string;

  @Field(() => Int, { nullable: true, description: 'Where it begins, in UTF-16 code units of the text.' })
  start!: number | null;

  @Field(() => Int, { nullable: true, description: 'Where it ends.' })
  end!: number | null;

  @Field(() => String, { nullable: true, description: 'The recipient that it is about.' })
  address!: string | null;

  @Field(() => String, { description: 'One sentence.' })
  explanation!: string;

  @Field(() => [String], { description: 'What could stand there instead, best first; an empty one: nothing.' })
  suggestions!: string[];
}

@ObjectType({ description: 'A check that was not made.' })
export class UncheckedDraft {
  @Field(() => DraftCheckEnum, { description: 'Which.' })
  check!: DraftCheck;

  @Field(() => String, { description: 'Why, one sentence.' })
  reason!: string;
}

@ObjectType({ description: 'What checks found in a draft.' })
export class DraftReport {
  @Field(() => String, { description: 'ISO 639-1, or `unknown`.' })
  language!: string;

  @Field(() => [DraftWarning], { description: 'By place; recipients first.' })
  warnings!: DraftWarning[];

  @Field(() => [DraftCheckEnum], { description: 'Checks that were made.' })
  checked!: DraftCheck[];

  @Field(() => [UncheckedDraft], { description: 'Checks that were not.' })
  unchecked!: UncheckedDraft[];
}

@InputType({ description: 'A mail that was sent elsewhere, to be learned from.' })
export class LearnSentMailInput {
  @Field(() => ID, { description: 'The mailbox that it was sent from.' })
  mailboxId!: string;

  @Field(() => String, {
    description: 'Its Message-ID or another name of it: each is learned once. 1 to 200 characters.',
  })
  source!: string;

  @Field(() => String, {
    description: 'Its own text without quotes; at most 100,000 characters, of which 8,000 count.',
  })
  text!: string;

  @Field(() => [String], { description: 'Whom it was sent to; at most 100 addresses.' })
  recipients!: string[];
}
