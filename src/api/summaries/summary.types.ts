import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { AnsweredBy } from '../../domain/ai.js';
import type { Json } from '../../domain/json.js';
import type { MeetingProposal as MeetingProposalOutcome, Party } from '../../domain/requests.js';
import type { LeftOutMail, LeftOutReason } from '../../domain/thread-answer.js';
import type { SentenceRole } from '../../domain/thread-summary.js';
import { LeftOutReasonEnum, PartyEnum, SentenceRoleEnum } from '../graphql/enums.js';
import { DateTimeScalar, JsonScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'A sentence of a summary.' })
export class SummarySentence {
  @Field(() => ID, { description: 'The message that says it, or of which a model says it.' })
  messageId!: string;

  @Field(() => String, { description: "Its author's name, else the address." })
  author!: string;

  @Field(() => String, { description: 'In the language of the summary where it is translated.' })
  text!: string;

  @Field(() => SentenceRoleEnum, { description: 'What it does in its thread.' })
  role!: SentenceRole;

  @Field(() => String, { description: 'ISO 639-1 of `text`, or `unknown`.' })
  language!: string;

  @Field(() => Boolean, { description: 'Whether `text` is a translation.' })
  translated!: boolean;
}

@ObjectType({ description: 'A message of a thread that its summary does not read.' })
export class MailLeftOut {
  @Field(() => ID, { description: 'The message.' })
  messageId!: string;

  @Field(() => LeftOutReasonEnum, { description: 'Why.' })
  reason!: LeftOutReason;
}

@ObjectType({
  description:
    'What the delivered messages of a thread say themselves: no quotes, greetings or signatures. Sentences of theirs, or ' +
    'what a model wrote of them, each held against the message that it names. A proposal: nothing acts on it.',
})
export class ThreadSummary {
  @Field(() => String, { description: 'The sentences behind each other; empty where the thread has no text.' })
  summary!: string;

  @Field(() => [SummarySentence], { description: 'In the order of the thread.' })
  sentences!: SummarySentence[];

  @Field(() => String, { description: 'ISO 639-1 of most of it, or `unknown`.' })
  language!: string;

  @Field(() => Boolean, { description: 'Whether all that was not in the language asked for is translated.' })
  translated!: boolean;

  @Field(() => String, { nullable: true, description: 'Why something is not in the language asked for; null: all is.' })
  untranslated!: string | null;

  @Field(() => JsonScalar, { nullable: true, description: 'Who translated; null where nobody did.' })
  translatedBy!: Json | AnsweredBy | null;

  @Field(() => Float, {
    description:
      "0 to 1: 0.98 where nothing had to be left out of the messages' own sentences; a model's, 0.85 at most.",
  })
  confidence!: number;

  @Field(() => JsonScalar, {
    description:
      'Who summarised: the embedded engine, or a model, with what it cost and what was disclosed to it; `insteadOf` tells ' +
      'which model was asked and gave nothing, or nothing yet.',
  })
  answeredBy!: Json | AnsweredBy;

  @Field(() => [MailLeftOut], { description: 'Messages among those that are read which this summary leaves out.' })
  leftOut!: LeftOutMail[];

  @Field(() => Int, { description: 'Delivered messages that were read.' })
  messagesRead!: number;

  @Field(() => Int, {
    description: 'Delivered messages of the thread; of more than 100 the first and the newest are read.',
  })
  messages!: number;
}

@ObjectType({ description: 'Something that a mail asks for, or that somebody says they will do.' })
export class Task {
  @Field(() => String, { description: 'The sentence.' })
  text!: string;

  @Field(() => PartyEnum, { description: 'Who is to act.' })
  who!: Party;

  @Field(() => String, { nullable: true, description: 'As the mail names them; null where it names nobody.' })
  name!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "By when, read in the mail's own date and zone." })
  dueAt!: string | null;

  @Field(() => String, { nullable: true, description: 'As the mail says it.' })
  dueText!: string | null;

  @Field(() => Float, { description: '0 to 1.' })
  confidence!: number;
}

@ObjectType({ description: 'A time that is named for a meeting.' })
export class MeetingTime {
  @Field(() => String, { description: 'As written.' })
  text!: string;

  @Field(() => String, { description: '`2026-03-01` for a day, ISO 8601 in UTC for a time.' })
  start!: string;

  @Field(() => String, { nullable: true, description: 'End of a period or range; null where there is none.' })
  end!: string | null;
}

@ObjectType({ description: 'A meeting that a mail brings up.' })
export class MeetingProposal implements MeetingProposalOutcome {
  @Field(() => String, { description: 'The sentence.' })
  text!: string;

  @Field(() => [MeetingTime], { description: 'In their order; empty where it names none.' })
  times!: MeetingTime[];

  @Field(() => Float, { description: '0 to 1.' })
  confidence!: number;
}

@ObjectType({ description: 'What a mail wants of people, and what they promise in it.' })
export class MessageRequests {
  @Field(() => [Task], { description: 'What somebody is asked to do or to tell.' })
  actionItems!: Task[];

  @Field(() => [Task], { description: 'What its writer, or somebody whom it names, will do.' })
  commitments!: Task[];

  @Field(() => [String], { description: 'Questions that it asks.' })
  questions!: string[];

  @Field(() => [MeetingProposal], { description: 'Meetings that it proposes.' })
  meetings!: MeetingProposal[];
}
