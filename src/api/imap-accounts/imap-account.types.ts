import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { ImapStartFrom, ImapTlsMode } from '../../domain/imap-account.js';
import type { ImapAccountState } from '../../domain/imap-failure.js';
import type { FolderProof } from '../../domain/imap-sync.js';
import { ImapAccountStateEnum, ImapStartFromEnum, ImapTlsModeEnum, MessageStatusEnum } from '../graphql/enums.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import type { MessageStatus } from '../../domain/status.js';

@ObjectType({ description: 'How a folder on the server compares with what was taken of it.' })
export class ImapFolderProof implements FolderProof {
  @Field(() => Int, { description: 'Messages on the server.' })
  server!: number;

  @Field(() => Int, { description: 'Of them, taken as messages.' })
  taken!: number;

  @Field(() => Int, { description: 'Of them, the same message as one taken before: moved, copied, renumbered.' })
  known!: number;

  @Field(() => Int, { description: 'Of them, there before the account was made, which starts from NEW.' })
  before!: number;

  @Field(() => Int, { description: 'Of them, not taken; `skipped` of the account says why.' })
  skipped!: number;

  @Field(() => Int, { description: 'Of them, with us nowhere: 0.' })
  missing!: number;

  @Field(() => Int, { description: 'Were missing when the comparison began, and were taken in its course.' })
  repaired!: number;

  @Field(() => Int, { description: 'Taken from here, and since gone from the server.' })
  expunged!: number;

  @Field(() => Int, { description: 'Messages of the account that were taken more than once: 0.' })
  doubled!: number;

  @Field(() => Int, { description: 'Messages from this folder without a note of where they were: 0.' })
  unaccounted!: number;
}

@ObjectType({ description: 'A folder that is watched.' })
export class ImapFolder {
  @Field(() => String, { description: 'As it was given.' })
  path!: string;

  @Field(() => Float, { nullable: true, description: 'UIDVALIDITY; null until it was opened.' })
  uidValidity!: number | null;

  @Field(() => Float, { nullable: true, description: 'UIDNEXT at the last look.' })
  uidNext!: number | null;

  @Field(() => String, { nullable: true, description: 'HIGHESTMODSEQ; null where the server has no CONDSTORE.' })
  highestModseq!: string | null;

  @Field(() => Float, { description: 'Every UID up to this one is taken, or known not to be.' })
  settledTo!: number;

  @Field(() => Int, { description: 'Messages on the server at the last look.' })
  serverCount!: number;

  @Field(() => Int, { description: 'Of them, those that wait to be taken.' })
  behind!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last found up to date.' })
  lastSyncAt!: string | null;

  @Field(() => String, { nullable: true, description: 'What keeps this folder from being synchronised.' })
  error!: string | null;

  @Field(() => ImapFolderProof, { nullable: true, description: 'The last reconciliation; null before the first.' })
  proof!: FolderProof | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When that was.' })
  reconciledAt!: string | null;
}

@ObjectType({ description: 'What the mail server is told of a message.' })
export class ImapAction {
  @Field(() => String, { nullable: true, description: 'Folder that it is moved to.' })
  moveTo!: string | null;

  @Field(() => String, { nullable: true, description: 'Keyword, or Gmail label, that it gets.' })
  keyword!: string | null;
}

@ObjectType({ description: 'What the mail server is told, by what became of a message.' })
export class ImapActions {
  @Field(() => ImapAction, { nullable: true, description: 'For a delivered one.' })
  delivered?: ImapAction;

  @Field(() => ImapAction, { nullable: true, description: 'For a quarantined one.' })
  quarantined?: ImapAction;

  @Field(() => ImapAction, { nullable: true, description: 'For a rejected one.' })
  rejected?: ImapAction;

  @Field(() => ImapAction, { nullable: true, description: 'For one that waits for a decision.' })
  held?: ImapAction;
}

@ObjectType({ description: 'A message on the server that was not taken.' })
export class ImapSkippedMessage {
  @Field(() => String, { description: 'Where it is.' })
  folder!: string;

  @Field(() => Float, { description: 'Its UID there.' })
  uid!: number;

  @Field(() => Float, { description: 'Bytes.' })
  size!: number;

  @Field(() => String, {
    description:
      '`tooLarge`: larger than EVERPOST_SMTP_MAX_BYTES. `unreadable`: the server would not give it; tried again at each ' +
      'reconciliation. `unstorable`: the database refuses it.',
  })
  reason!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the server got it.' })
  internalDate!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was skipped.' })
  at!: string;
}

@ObjectType({ description: 'What the server could not be told yet, or what was given up.' })
export class ImapUnfinishedAction {
  @Field(() => ID, { description: 'The message.' })
  messageId!: string;

  @Field(() => MessageStatusEnum, { description: 'What became of it.' })
  status!: MessageStatus;

  @Field(() => Boolean, { description: 'Given up after several attempts; the next status tries anew.' })
  failed!: boolean;

  @Field(() => Int, { description: 'So far.' })
  attempts!: number;

  @Field(() => String, { nullable: true, description: 'What the server said last.' })
  error!: string | null;
}

@ObjectType({ description: 'A mailbox on another server whose mail is taken over IMAP.' })
export class ImapAccount {
  @Field(() => ID, { description: 'Stays the same.' })
  id!: string;

  @Field(() => String, { description: 'What people call it.' })
  name!: string;

  @Field(() => String, { description: 'Name of the server.' })
  host!: string;

  @Field(() => Int, { description: 'Its port.' })
  port!: number;

  @Field(() => ImapTlsModeEnum, { description: 'How the connection is secured.' })
  tls!: ImapTlsMode;

  @Field(() => String, { description: 'Login name.' })
  user!: string;

  @Field(() => String, { description: '`password` or `oauth2`; the secret itself is never returned.' })
  authentication!: string;

  @Field(() => String, { nullable: true, description: 'Token endpoint of OAuth 2.0.' })
  tokenUrl!: string | null;

  @Field(() => String, { description: 'The address that the mail is for.' })
  recipient!: string;

  @Field(() => ImapStartFromEnum, { description: 'What is taken of what was there when it was made.' })
  startFrom!: ImapStartFrom;

  @Field(() => Boolean, { description: 'Nothing is taken until it is resumed.' })
  paused!: boolean;

  @Field(() => ImapAccountStateEnum, { description: 'Where its synchronisation is.' })
  state!: ImapAccountState;

  @Field(() => String, { nullable: true, description: 'What is wrong and what to do about it.' })
  stateReason!: string | null;

  @Field(() => DateTimeScalar, { description: 'Since when.' })
  stateAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When all of its folders were last found up to date.' })
  lastSyncAt!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: string;

  @Field(() => [ImapFolder], { description: 'In the order that they were given.' })
  folders!: ImapFolder[];
}
