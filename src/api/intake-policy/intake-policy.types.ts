import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { List, ListSubject } from '../../domain/address-list.js';
import { AddressListEnum, BlockListActionEnum, ListSubjectEnum } from '../graphql/enums.js';
import { PageInfo } from '../graphql/pages.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'A DNS block list of client addresses (RFC 5782).' })
export class DnsBlockList {
  @Field(() => String, { description: 'Where it is asked: `zen.example.net`.' })
  zone!: string;

  @Field(() => [String], { description: 'Return codes that count: `127.0.0.2`, `127.0.0.4-7`, `127.0.0.*`.' })
  codes!: string[];

  @Field(() => BlockListActionEnum, { description: 'What follows for a client that it names.' })
  action!: 'reject' | 'mark';
}

@InputType({ description: 'A DNS block list to ask.' })
export class DnsBlockListInput {
  @Field(() => String, { description: 'Where it is asked: `zen.example.net`.' })
  zone!: string;

  @Field(() => [String], { description: 'Return codes that count: `127.0.0.2`, `127.0.0.4-7`, `127.0.0.*`.' })
  codes!: string[];

  @Field(() => BlockListActionEnum, { description: 'What follows for a client that it names.' })
  action!: 'reject' | 'mark';
}

@ObjectType({ description: 'What is asked of who delivers mail, before it is taken.' })
export class IntakePolicy {
  @Field(() => Boolean, { description: 'Whether first contacts are asked to come again (RFC 6647).' })
  greylisting!: boolean;

  @Field(() => Int, { description: 'Seconds before which they are not taken.' })
  greylistDelay!: number;

  @Field(() => [DnsBlockList], { description: 'Asked in this order.' })
  blockLists!: DnsBlockList[];

  @Field(() => Float, {
    description:
      'A client network or sender’s domain that sends so many times its usual number in an hour is marked; 0: none.',
  })
  rateFactor!: number;

  @Field(() => Int, { description: 'Below so many messages an hour nothing is unusual.' })
  rateLeast!: number;
}

@InputType({ description: 'Choices to change. What is left out stays as it is; null goes back to the default.' })
export class UpdateIntakePolicyInput {
  @Field(() => Boolean, { nullable: true, description: 'Whether first contacts are asked to come again.' })
  greylisting?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'Seconds, 1 to 86,400.' })
  greylistDelay?: number | null;

  @Field(() => [DnsBlockListInput], { nullable: true, description: '20 at most; they replace those there are.' })
  blockLists?: DnsBlockListInput[] | null;

  @Field(() => Float, { nullable: true, description: '0 to 1,000.' })
  rateFactor?: number | null;

  @Field(() => Int, { nullable: true, description: '1 to 1,000,000.' })
  rateLeast?: number | null;
}

@ObjectType({ description: 'Somebody who is always let in, or never.' })
export class AddressListEntry {
  @Field(() => ID, { description: 'Stays the same when it is added again.' })
  id!: string;

  @Field(() => AddressListEnum, { description: 'Which list.' })
  list!: List;

  @Field(() => ListSubjectEnum, { description: 'What the pattern names.' })
  subject!: ListSubject;

  @Field(() => String, { description: '`ada@example.com`, `example.com`, `*.example.com`; of clients `192.0.2.0/24`.' })
  pattern!: string;

  @Field(() => ID, { nullable: true, description: 'Only for mail to this mailbox; null: for all.' })
  mailboxId!: string | null;

  @Field(() => String, { description: 'Why it is there.' })
  note!: string;

  @Field(() => String, { description: 'Who added it first.' })
  createdBy!: string;

  @Field(() => DateTimeScalar, { description: 'When it was first added.' })
  createdAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ceases to count; null: never.' })
  expiresAt!: string | null;
}

@InputType({ description: 'An entry to add.' })
export class AddressListEntryInput {
  @Field(() => AddressListEnum, { description: 'Which list.' })
  list!: List;

  @Field(() => ListSubjectEnum, { description: 'What the pattern names.' })
  subject!: ListSubject;

  @Field(() => String, {
    description: '`ada@example.com`, `example.com`, `*.example.com` (with subdomains); of clients `192.0.2.0/24`.',
  })
  pattern!: string;

  @Field(() => ID, { nullable: true, description: 'Only for mail to this mailbox.' })
  mailboxId?: string | null;

  @Field(() => String, { nullable: true, description: 'Why; at most 500 characters.' })
  note?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'In the future; never expires where it is left out.' })
  expiresAt?: string | null;
}

@ObjectType({ description: 'An entry at its place.' })
export class AddressListEdge {
  @Field(() => String, { description: 'Opaque: pass it as `after`.' })
  cursor!: string;

  @Field(() => AddressListEntry, { description: 'The entry.' })
  node!: AddressListEntry;
}

@ObjectType({ description: 'A page of allow and deny lists, newest first.' })
export class AddressListConnection {
  @Field(() => [AddressListEdge], { description: 'Its entries, each with its cursor.' })
  edges!: AddressListEdge[];

  @Field(() => PageInfo, { description: 'Where it begins and ends.' })
  pageInfo!: PageInfo;
}
