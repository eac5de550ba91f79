import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { Disposition } from '../../domain/disposition.js';
import type { Json } from '../../domain/json.js';
import type { Direction } from '../../domain/pipeline.js';
import type { MessageStatus } from '../../domain/status.js';
import type { AnswerSource } from '../../domain/learned-opinion.js';
import type { RecipientStatus } from '../../domain/outgoing/recipient-status.js';
import {
  AnswerSourceEnum,
  DirectionEnum,
  DispositionEnum,
  MessageStatusEnum,
  RecipientStatusEnum,
} from '../graphql/enums.js';
import { PageInfo } from '../graphql/pages.js';
import { DateTimeScalar, JsonScalar } from '../graphql/scalars.js';

@InputType({ description: 'What a list of messages is narrowed to; what is left out does not narrow it.' })
export class MessageFilter {
  @Field(() => MessageStatusEnum, { nullable: true, description: 'Where the messages are.' })
  status?: MessageStatus | null;

  @Field(() => DirectionEnum, { nullable: true, description: 'Which way they go.' })
  direction?: Direction | null;

  @Field(() => String, { nullable: true, description: 'Messages with that label.' })
  label?: string | null;

  @Field(() => ID, { nullable: true, description: 'Messages that were received for that mailbox.' })
  mailboxId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Words of subject, participants and text, as in a web search: `offer "next week" -draft`.',
  })
  search?: string | null;
}

@ObjectType({ description: 'One e-mail. The bytes never change; everything else is what its runs found out.' })
export class Message {
  @Field(() => ID, { description: 'The id that the SMTP reply or processEmail named.' })
  id!: string;

  @Field(() => DirectionEnum, { description: 'Which way it goes.' })
  direction!: Direction;

  @Field(() => MessageStatusEnum, { description: 'Where it is: the status of its newest run.' })
  status!: MessageStatus;

  @Field(() => String, { nullable: true, description: 'Decoded; null until parsing has read it.' })
  subject!: string | null;

  @Field(() => String, { nullable: true, description: 'Address of the From field; null until parsing has read it.' })
  from!: string | null;

  @Field(() => String, { nullable: true, description: 'Name in the From field.' })
  fromName!: string | null;

  @Field(() => [String], {
    description: 'Addresses of the To field; the envelope recipients until parsing has read it.',
  })
  to!: string[];

  @Field(() => DateTimeScalar, { description: 'When it was taken.' })
  receivedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'What its Date field says.' })
  sentAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Its Message-ID field, without angle brackets.' })
  messageId!: string | null;

  @Field(() => DispositionEnum, { nullable: true, description: 'What was decided for it; null until it is.' })
  disposition!: Disposition | null;

  @Field(() => String, { nullable: true, description: 'Why, in one sentence.' })
  dispositionReason!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When its bytes were deleted from the quarantine; null: they are there.',
  })
  deletedAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Who deleted them; `retention` where their time was over.' })
  deletedBy!: string | null;

  @Field(() => String, {
    description: 'The door it came through: `smtp`, `api`, `imap`, or `system`: Everpost wrote it.',
  })
  intake!: string;

  @Field(() => Int, { description: 'Bytes as they were received.' })
  size!: number;

  @Field(() => JsonScalar, { description: 'Facts of the session it came in by: client, HELO, TLS, envelope, time.' })
  session!: Json;
}

@ObjectType({ description: 'What the organization calls a message: a built-in type or a label of its own.' })
export class MailLabel {
  @Field(() => String, { description: 'A name of typeLabels.' })
  name!: string;

  @Field(() => Float, {
    description: '0 to 1. How far it holds for labels that were learned: docs/quality/learning.md.',
  })
  confidence!: number;

  @Field(() => AnswerSourceEnum, { description: 'Where the answer comes from.' })
  source!: AnswerSource;

  @Field(() => String, { nullable: true, description: 'Why it is not what the rules say; null where it is.' })
  explanation!: string | null;
}

@ObjectType({
  description: 'One recipient of the envelope: of incoming mail what was decided, of outgoing where it is.',
})
export class Recipient {
  @Field(() => ID, { nullable: true, description: 'What events name as recipientId; null for incoming mail.' })
  id!: string | null;

  @Field(() => String, { description: 'The address of RCPT TO.' })
  address!: string;

  @Field(() => DispositionEnum, { nullable: true, description: 'What was decided for this recipient.' })
  disposition!: Disposition | null;

  @Field(() => RecipientStatusEnum, { nullable: true, description: 'Where outgoing mail is for it.' })
  status!: RecipientStatus | null;

  @Field(() => String, { nullable: true, description: 'Of outgoing mail: `to`, `cc` or `bcc`.' })
  role!: string | null;

  @Field(() => String, { nullable: true, description: 'What was said last of its delivery.' })
  reply!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is tried next.' })
  nextAttemptAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its server took it.' })
  deliveredAt!: string | null;

  @Field(() => String, { nullable: true, description: 'What its server calls the message, where its reply says so.' })
  remoteQueueId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why it failed, as a class: `userUnknown`, `mailboxFull`, `spamDetected`, ...',
  })
  bounceClass!: string | null;

  @Field(() => String, { nullable: true, description: 'The route that it takes or took.' })
  route!: string | null;
}

@ObjectType({ description: 'A file in a message, as parsing found it.' })
export class Attachment {
  @Field(() => String, {
    description: 'Position in the MIME tree, as IMAP counts: `2.1`; `2.tnef.1` in a winmail.dat.',
  })
  part!: string;

  @Field(() => String, { nullable: true, description: 'As the part names it; a claim of its sender.' })
  filename!: string | null;

  @Field(() => String, { description: 'What the part says it is.' })
  contentType!: string;

  @Field(() => String, { nullable: true, description: 'What its first bytes say it is; null where they say nothing.' })
  sniffedType!: string | null;

  @Field(() => Int, { description: 'Decoded bytes.' })
  size!: number;

  @Field(() => String, { description: 'Of the decoded bytes, in hexadecimal.' })
  sha256!: string;

  @Field(() => String, { description: '`attachment` or `inline`.' })
  disposition!: string;

  @Field(() => Boolean, { description: 'Whether it cannot be looked into.' })
  encrypted!: boolean;

  @Field(() => Boolean, { description: 'Whether it is an Office file with macros.' })
  macros!: boolean;

  @Field(() => [String], {
    nullable: true,
    description: 'Names inside an archive; null where it is none that can be read.',
  })
  entries!: string[] | null;
}

@ObjectType({ description: 'Messages that answer each other.' })
export class Thread {
  @Field(() => ID, { description: 'The same for all its messages.' })
  id!: string;

  @Field(() => String, { description: 'The subject without reply marks.' })
  subject!: string;

  @Field(() => DateTimeScalar, { description: 'When its newest message was taken.' })
  lastMessageAt!: string;
}

@ObjectType({ description: 'A message at its place in a list.' })
export class MessageEdge {
  @Field(() => String, { description: 'Opaque: pass it as `after`.' })
  cursor!: string;

  @Field(() => Message, { description: 'The message.' })
  node!: Message;
}

@ObjectType({ description: 'A page of messages, newest first.' })
export class MessageConnection {
  @Field(() => [MessageEdge], { description: 'Its messages, each with its cursor.' })
  edges!: MessageEdge[];

  @Field(() => PageInfo, { description: 'Where it begins and ends.' })
  pageInfo!: PageInfo;

  /** For totalCount, which is counted when it is asked for. */
  filter!: MessageFilter;
}
