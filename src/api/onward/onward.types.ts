import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { AttemptOutcome, OnwardKind, OnwardStatus } from '../../domain/onward.js';
import { AttemptOutcomeEnum, OnwardKindEnum, OnwardStatusEnum } from '../graphql/enums.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'One try to hand a message on over SMTP or LMTP.' })
export class DeliveryAttempt {
  @Field(() => Int, { description: 'Counted from 1.' })
  number!: number;

  @Field(() => DateTimeScalar, { description: 'When it began.' })
  startedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was over; null while it goes on.' })
  endedAt!: string | null;

  @Field(() => AttemptOutcomeEnum, { nullable: true, description: 'How it ended; null while it goes on.' })
  outcome!: AttemptOutcome | null;

  @Field(() => String, { nullable: true, description: 'The server: `lmtp://127.0.0.1:24`.' })
  remote!: string | null;

  @Field(() => String, { nullable: true, description: 'TLS version and cipher; null where it was not encrypted.' })
  tls!: string | null;

  @Field(() => Int, { nullable: true, description: 'The code of the reply; null where the server said nothing.' })
  replyCode!: number | null;

  @Field(() => String, { nullable: true, description: 'The enhanced status code (RFC 3463): `5.1.1`.' })
  enhancedCode!: string | null;

  @Field(() => String, { nullable: true, description: 'What the server said, or what went wrong without a reply.' })
  reply!: string | null;
}

@ObjectType({ description: 'A message on its way onward: to the mail server behind, or where a rule forwards it.' })
export class OnwardDelivery {
  @Field(() => ID, { description: 'For retryOnward, confirmOnward and cancelOnward.' })
  id!: string;

  @Field(() => OnwardKindEnum, { description: 'Why it goes there.' })
  kind!: OnwardKind;

  @Field(() => String, { description: 'The address that the next server is told to deliver to.' })
  target!: string;

  @Field(() => OnwardStatusEnum, { description: 'Where it is.' })
  status!: OnwardStatus;

  @Field(() => String, { nullable: true, description: 'What was said last of it.' })
  reply!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is tried again.' })
  nextAttemptAt!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was queued.' })
  createdAt!: string;
}
