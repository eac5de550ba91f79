import { Args, Context, ID, Mutation, Resolver } from '@nestjs/graphql';
import type { Command } from '../../domain/status.js';
import type { Caller } from '../graphql/caller.js';
import { CommandPayload } from './command.types.js';
import { CommandService, type CommandOutcome } from './command.service.js';

const MessageId = () => Args('messageId', { type: () => ID, description: 'The message, by its id.' });

@Resolver()
export class CommandResolver {
  constructor(private readonly commands: CommandService) {}

  @Mutation(() => CommandPayload, { description: 'Stops the open run before its next step; holds outgoing mail.' })
  pause(@Context('caller') caller: Caller, @MessageId() messageId: string) {
    return this.#command(caller, messageId, 'pause');
  }

  @Mutation(() => CommandPayload, { description: 'Lets a paused run go on where it stopped; approves outgoing mail.' })
  resume(@Context('caller') caller: Caller, @MessageId() messageId: string) {
    return this.#command(caller, messageId, 'resume');
  }

  @Mutation(() => CommandPayload, {
    description:
      'Ends the open run before its next step, or stops what has not left of outgoing mail; the message is kept.',
  })
  cancel(@Context('caller') caller: Caller, @MessageId() messageId: string) {
    return this.#command(caller, messageId, 'cancel');
  }

  @Mutation(() => CommandPayload, { description: 'Delivers a message that is held, quarantined or rejected.' })
  release(@Context('caller') caller: Caller, @MessageId() messageId: string) {
    return this.#command(caller, messageId, 'release');
  }

  @Mutation(() => CommandPayload, {
    description: 'Refuses a message that is held or quarantined, or outgoing mail that waits for approval; it is kept.',
  })
  reject(@Context('caller') caller: Caller, @MessageId() messageId: string) {
    return this.#command(caller, messageId, 'reject');
  }

  @Mutation(() => CommandPayload, { description: 'Opens a new run over a message whose last one has ended.' })
  reprocess(@Context('caller') caller: Caller, @MessageId() messageId: string) {
    return this.#command(caller, messageId, 'reprocess');
  }

  async #command(caller: Caller, messageId: string, command: Command): Promise<CommandOutcome> {
    const outcome = await this.commands.command(caller, messageId, command);
    caller.forget();
    return outcome;
  }
}
