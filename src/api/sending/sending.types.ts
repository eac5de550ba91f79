import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { ProtectionChoice, Stream } from '../../domain/outgoing/send-options.js';
import { OUTGOING_STEPS_BY_STAGE } from '../../domain/outgoing/outgoing-pipeline.js';
import type { RecipientStatus } from '../../domain/outgoing/recipient-status.js';
import type { MessageStatus } from '../../domain/status.js';
import { MessageStatusEnum, ProtectionChoiceEnum, RecipientStatusEnum, StreamEnum } from '../graphql/enums.js';
import { DateTimeScalar, JsonScalar } from '../graphql/scalars.js';
import { UploadScalar, type UploadedFile } from '../graphql/upload.scalar.js';
import { Message } from '../messages/message.types.js';

@InputType({ description: 'A file that goes with a message: `content` or `upload`.' })
export class SendAttachmentInput {
  @Field(() => String, { nullable: true, description: 'Its name; that of the upload where it is left out.' })
  filename?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Media type; that of the upload, else by the name, where it is left out.',
  })
  contentType?: string | null;

  @Field(() => String, { nullable: true, description: 'Its bytes in base64.' })
  content?: string | null;

  @Field(() => UploadScalar, { nullable: true, description: 'Its bytes as a file of a multipart request.' })
  upload?: UploadedFile | null;

  @Field(() => String, {
    nullable: true,
    description: 'Makes it part of the HTML, which shows it as `<img src="cid:logo@example.org">`.',
  })
  contentId?: string | null;
}

@InputType({ description: 'A header field beside those that Everpost writes.' })
export class SendHeaderInput {
  @Field(() => String, { description: 'Its name: `X-Order-Id`.' })
  name!: string;

  @Field(() => String, { description: 'One line.' })
  value!: string;
}

const FIELDS = 'By name: text, numbers, true or false. Fills `{{name}}` and `{{name|fallback}}`, escaped in HTML.';

@InputType({ isAbstract: true })
abstract class SendingInput {
  @Field(() => String, {
    nullable: true,
    description:
      '`Ada <ada@example.org>` of a domain of the organization; left out: the sender that the template names.',
  })
  from?: string | null;

  @Field(() => [String], { nullable: true, description: 'Where answers go.' })
  replyTo?: string[] | null;

  @Field(() => String, { nullable: true, description: 'With a template: in place of its subject.' })
  subject?: string | null;

  @Field(() => String, { nullable: true, description: 'Plain text; made of the HTML where it is left out.' })
  text?: string | null;

  @Field(() => String, { nullable: true, description: 'HTML.' })
  html?: string | null;

  @Field(() => String, { nullable: true, description: 'A message template, by its name or id, for subject and text.' })
  template?: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 639-1: which one, where a name is there in several.' })
  templateLanguage?: string | null;

  @Field(() => [SendAttachmentInput], { nullable: true, description: 'At most 50.' })
  attachments?: SendAttachmentInput[] | null;

  @Field(() => [SendHeaderInput], { nullable: true, description: 'At most 50 more header fields.' })
  headers?: SendHeaderInput[] | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Nothing leaves before; within a year. One in the past is now.',
  })
  sendAt?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Names this sending: who sends with it again gets the same message, and nothing is sent twice. The HTTP header ' +
      '`Idempotency-Key` does the same.',
  })
  idempotencyKey?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Seconds in which undoSend takes it back, at most 86,400; left out: as the organization has set.',
  })
  undoSeconds?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Lets Everpost choose a time for each recipient, by when it reads its mail.',
  })
  optimizeSendTime?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Left out: as the organization has set.' })
  trackOpens?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Left out: as the organization has set.' })
  trackClicks?: boolean | null;

  @Field(() => ProtectionChoiceEnum, { nullable: true, description: 'S/MIME or OpenPGP signature.' })
  sign?: ProtectionChoice | null;

  @Field(() => ProtectionChoiceEnum, { nullable: true, description: 'S/MIME or OpenPGP encryption.' })
  encrypt?: ProtectionChoice | null;

  @Field(() => String, {
    nullable: true,
    description: 'ISO 639-1: the text is translated into it before it leaves, where a translator is configured.',
  })
  translateTo?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: `Steps of composition that are asked for: ${OUTGOING_STEPS_BY_STAGE.composition.join(', ')}.`,
  })
  composition?: string[] | null;
}

@InputType({ description: 'A message to be sent.' })
export class SendMessageInput extends SendingInput {
  @Field(() => [String], { nullable: true, description: 'To, Cc and Bcc together: 1 to 1,000 addresses.' })
  to?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Who gets a copy, for all to see.' })
  cc?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Who gets a copy that nobody else sees.' })
  bcc?: string[] | null;

  @Field(() => JsonScalar, { nullable: true, description: FIELDS })
  mergeFields?: unknown;

  @Field(() => String, { nullable: true, description: 'Message-ID of the mail that it answers.' })
  inReplyTo?: string | null;

  @Field(() => StreamEnum, { nullable: true, description: 'TRANSACTIONAL where it is left out.' })
  stream?: Stream | null;
}

@InputType({ description: 'One of those whom a message to many goes to.' })
export class BulkRecipientInput {
  @Field(() => String, { description: 'Its address.' })
  address!: string;

  @Field(() => String, { nullable: true, description: 'Its name; also the field `name`.' })
  name?: string | null;

  @Field(() => JsonScalar, { nullable: true, description: FIELDS })
  mergeFields?: unknown;
}

@InputType({ description: 'A message to many, each of whom gets a copy of its own. Of the stream BULK.' })
export class SendBulkInput extends SendingInput {
  @Field(() => [BulkRecipientInput], { nullable: true, description: 'At most 100,000, with those of the file.' })
  recipients?: BulkRecipientInput[] | null;

  @Field(() => UploadScalar, {
    nullable: true,
    description:
      'CSV in UTF-8, its first line naming the columns: `address` (or `email`), perhaps `name`, and any fields.',
  })
  recipientsFile?: UploadedFile | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Sends nothing where one recipient is wrong; left out: wrong ones are listed and left out.',
  })
  allOrNone?: boolean | null;
}

@ObjectType({ description: 'What a sending came to.' })
export class SendMessagePayload {
  @Field(() => Message, { description: 'The message, accepted for good.' })
  message!: Message;
}

@ObjectType({ description: 'A recipient that a message to many does not go to.' })
export class RefusedRecipient {
  @Field(() => Int, { description: 'Its line in the file, or its place in the list, from 1.' })
  row!: number;

  @Field(() => String, { description: 'As it was given.' })
  address!: string;

  @Field(() => String, { description: 'What is wrong with it.' })
  problem!: string;
}

@ObjectType({ description: 'What a sending to many came to.' })
export class SendBulkPayload {
  @Field(() => Message, { description: 'The message, accepted for good.' })
  message!: Message;

  @Field(() => Int, { description: 'How many it goes to.' })
  recipients!: number;

  @Field(() => Int, { description: 'How many were given more than once; each gets it once, as first given.' })
  duplicates!: number;

  @Field(() => Int, { description: 'How many were wrong.' })
  refusedCount!: number;

  @Field(() => [RefusedRecipient], { description: 'The first thousand of them.' })
  refused!: RefusedRecipient[];
}

@ObjectType({ description: 'How many recipients are at one point.' })
export class ProgressCount {
  @Field(() => RecipientStatusEnum, { description: 'Where they are.' })
  status!: RecipientStatus;

  @Field(() => Int, { description: 'How many.' })
  count!: number;
}

@ObjectType({ description: 'How far a sending is.' })
export class SendingProgress {
  @Field(() => ID, { description: 'The message.' })
  messageId!: string;

  @Field(() => MessageStatusEnum, { description: 'Where the message is.' })
  status!: MessageStatus;

  @Field(() => Int, { description: 'All its recipients.' })
  total!: number;

  @Field(() => Int, { description: 'Those for whom nothing more happens.' })
  ended!: number;

  @Field(() => [ProgressCount], { description: 'All its recipients by where they are.' })
  counts!: ProgressCount[];
}
