import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { ProcessEmailService } from './process-email.service.js';
import { ProcessEmailInput, ProcessEmailPayload } from './process-email.types.js';

@Resolver()
export class ProcessEmailResolver {
  constructor(private readonly service: ProcessEmailService) {}

  @Mutation(() => ProcessEmailPayload, {
    description:
      'Takes a message for good, runs the whole flow over it and waits at most 30 s for the end. Paused, held or not ' +
      'ended by then, it answers with the id and the status, and the run goes on by itself.',
  })
  processEmail(
    @Context('caller') caller: Caller,
    @Args('input', { description: 'The message and what to answer with.' }) input: ProcessEmailInput,
  ): Promise<ProcessEmailPayload> {
    return this.service.process(caller, input);
  }
}
