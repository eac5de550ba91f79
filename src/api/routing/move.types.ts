import { Field, ObjectType } from '@nestjs/graphql';
import { Message } from '../messages/message.types.js';

@ObjectType({ description: 'What became of a move.' })
export class MoveMessagePayload {
  @Field(() => Message, { description: 'The message right after it.' })
  message!: Message;

  @Field(() => Boolean, { description: 'False where it was in that mailbox already and nothing was done.' })
  moved!: boolean;

  @Field(() => Boolean, {
    description:
      'Whether routing learned from it: false where nothing moved, or the message was not analysed yet. After some ' +
      'moves that agree, the next message that looks like them comes with that mailbox as a proposal.',
  })
  taught!: boolean;
}
