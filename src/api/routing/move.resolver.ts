import { Args, Context, ID, Mutation, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { MoveService, type MoveOutcome } from './move.service.js';
import { MoveMessagePayload } from './move.types.js';

@Resolver()
export class MoveResolver {
  constructor(private readonly moves: MoveService) {}

  @Mutation(() => MoveMessagePayload, {
    description: 'Puts a message into the mailbox where it belongs, and teaches routing by it.',
  })
  async moveMessage(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: 'An incoming message, by its id.' }) messageId: string,
    @Args('mailboxId', { type: () => ID, description: 'The mailbox that it belongs to.' }) mailboxId: string,
    @Args('recipients', {
      type: () => [String],
      nullable: true,
      description: 'Addresses of its envelope that move; all where it is left out.',
    })
    recipients: string[] | null,
  ): Promise<MoveOutcome> {
    const outcome = await this.moves.move(caller.viewer, messageId, mailboxId, recipients ?? null);
    caller.forget();
    return outcome;
  }
}
