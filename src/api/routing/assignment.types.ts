import { Field, ID, ObjectType } from '@nestjs/graphql';
import { DateTimeScalar } from '../graphql/scalars.js';
import { AssignmentStatusEnum } from '../graphql/enums.js';
import { Message } from '../messages/message.types.js';

@ObjectType({ description: 'Who has a message.' })
export class Assignment {
  @Field(() => ID, { nullable: true, description: 'The team; null where a person has it by himself.' })
  teamId!: string | null;

  @Field(() => String, { nullable: true, description: "The team's name." })
  team!: string | null;

  @Field(() => ID, { nullable: true, description: 'The person; null where nobody of the team has taken it yet.' })
  personId!: string | null;

  @Field(() => String, { nullable: true, description: "The person's name." })
  person!: string | null;

  @Field(() => AssignmentStatusEnum, { description: 'Whether it is done.' })
  status!: 'OPEN' | 'DONE';

  @Field(() => String, { description: 'A person, or `rule`, `mailbox` or `learned` where it was assigned by itself.' })
  assignedBy!: string;

  @Field(() => String, {
    description: 'Why it is them: `rule bills; Ada is away until Monday: Ben has least open (2)`.',
  })
  explanation!: string;

  @Field(() => DateTimeScalar, { description: 'When it was assigned.' })
  assignedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was done.' })
  doneAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Who said so.' })
  doneBy!: string | null;
}

@ObjectType({ description: 'What became of an assignment.' })
export class AssignmentPayload {
  @Field(() => Message, { description: 'The message right after it.' })
  message!: Message;

  @Field(() => Boolean, { description: 'False where it was so already and nothing was done.' })
  changed!: boolean;

  @Field(() => Boolean, {
    description: 'Whether routing learned from it: false where nothing changed, or the message was not analysed yet.',
  })
  taught!: boolean;
}
