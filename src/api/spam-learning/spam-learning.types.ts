import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { SpamScope } from '../../domain/spam-scope.js';
import { SpamScopeEnum } from '../graphql/enums.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import { Message } from '../messages/message.types.js';

@ObjectType({ description: 'What became of a correction of the spam filter.' })
export class CorrectSpamPayload {
  @Field(() => Message, { description: 'The message; its own verdict stays as it was.' })
  message!: Message;

  @Field(() => Boolean, {
    description: 'Whether the filter learned from it: false where it had that lesson already, or none to take back.',
  })
  changed!: boolean;
}

@ObjectType({ description: 'What the spam filter was taught in one scope.' })
export class SpamLearning {
  @Field(() => SpamScopeEnum, { description: 'Whose mail it counts for.' })
  scope!: SpamScope;

  @Field(() => ID, { nullable: true, description: 'The mailbox; null for the organization.' })
  mailboxId!: string | null;

  @Field(() => Int, { description: 'Messages called spam.' })
  spam!: number;

  @Field(() => Int, { description: 'Messages called wanted.' })
  ham!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the newest lesson was given; null: there is none.',
  })
  lastLessonAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Who gave the newest lesson.' })
  lastTaughtBy!: string | null;
}
