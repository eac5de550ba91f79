import { Args, Context, ID, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { AssignmentRecord } from '../../adapters/staff/assignments.js';
import type { MessageRecord } from '../../adapters/messages/read-messages.js';
import type { Caller } from '../graphql/caller.js';
import { Message } from '../messages/message.types.js';
import { AssignmentService, type AssignmentOutcome } from './assignment.service.js';
import { Assignment, AssignmentPayload } from './assignment.types.js';

const MESSAGE = { type: () => ID, description: 'An incoming message, by its id.' };

@Resolver(() => Message)
export class AssignmentResolver {
  constructor(private readonly assignments: AssignmentService) {}

  @ResolveField(() => Assignment, { nullable: true, description: 'Who has it; null where nobody does.' })
  assignment(@Parent() message: MessageRecord, @Context('caller') caller: Caller): Promise<AssignmentRecord | null> {
    return caller.loaders.assignment.load(message.id);
  }

  @Mutation(() => AssignmentPayload, {
    description:
      'Gives a message to a person, or to a team of which the member at work with the least open gets it, and teaches ' +
      'routing by it. Whoever had it does no longer.',
  })
  assignMessage(
    @Context('caller') caller: Caller,
    @Args('messageId', MESSAGE) messageId: string,
    @Args('teamId', { type: () => ID, nullable: true, description: 'The team.' }) teamId: string | null,
    @Args('personId', { type: () => ID, nullable: true, description: 'The person.' }) personId: string | null,
  ): Promise<AssignmentOutcome> {
    const assignee = { teamId: teamId ?? null, personId: personId ?? null };
    return told(caller, this.assignments.assign(caller.viewer, messageId, assignee));
  }

  @Mutation(() => AssignmentPayload, { description: 'Takes a message from who has it, and what that taught.' })
  unassignMessage(
    @Context('caller') caller: Caller,
    @Args('messageId', MESSAGE) messageId: string,
  ): Promise<AssignmentOutcome> {
    return told(caller, this.assignments.unassign(caller.viewer, messageId));
  }

  @Mutation(() => AssignmentPayload, {
    description: 'Says that a message needs nothing more: it counts as open no longer.',
  })
  completeAssignment(
    @Context('caller') caller: Caller,
    @Args('messageId', MESSAGE) messageId: string,
  ): Promise<AssignmentOutcome> {
    return told(caller, this.assignments.complete(caller.viewer, messageId));
  }
}

async function told(caller: Caller, writing: Promise<AssignmentOutcome>): Promise<AssignmentOutcome> {
  const outcome = await writing;
  caller.forget();
  return outcome;
}
