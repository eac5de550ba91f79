import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Message } from '../messages/message.types.js';

@ObjectType({ description: 'What became of one message of several.' })
export class QuarantineResult {
  @Field(() => ID, { description: 'The message.' })
  id!: string;

  @Field(() => Boolean, { description: 'Whether it was done.' })
  done!: boolean;

  @Field(() => Boolean, { description: 'Whether the spam filter learned from it; not from what it has not scored.' })
  learned!: boolean;

  @Field(() => String, { nullable: true, description: 'Why it was not.' })
  problem!: string | null;

  @Field(() => Message, { nullable: true, description: 'The message right after it; null where there is none.' })
  message!: Message | null;
}

@ObjectType({ description: 'What the quarantine does by itself.' })
export class QuarantineSettings {
  @Field(() => Int, {
    nullable: true,
    description: "Hour of the organization's day from which on digests are sent; null: none are.",
  })
  digestHour!: number | null;

  @Field(() => Int, { nullable: true, description: 'Days after which what nobody released is deleted; null: never.' })
  retentionDays!: number | null;
}

@InputType({ description: 'Choices to change. What is left out stays as it is; null switches off.' })
export class UpdateQuarantineInput {
  @Field(() => Int, { nullable: true, description: '0 to 23.' })
  digestHour?: number | null;

  @Field(() => Int, { nullable: true, description: '1 to 3,650.' })
  retentionDays?: number | null;
}
