import { Field, ObjectType } from '@nestjs/graphql';
import type { MessageStatus } from '../../domain/status.js';
import { MessageStatusEnum } from '../graphql/enums.js';
import { Message } from '../messages/message.types.js';

@ObjectType({
  description:
    'What became of a command. One that the state of the message does not allow is an error, COMMAND_REFUSED.',
})
export class CommandPayload {
  @Field(() => Message, { description: 'The message right after it.' })
  message!: Message;

  @Field(() => Boolean, { description: 'False where the message already was as asked and nothing was done.' })
  accepted!: boolean;

  @Field(() => MessageStatusEnum, {
    description: 'Its status right after the command; an open run follows it before its next step.',
  })
  status!: MessageStatus;
}
