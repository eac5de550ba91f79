import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { DictationService } from './dictation.service.js';
import { DictateInput, Dictation } from './dictation.types.js';

@Resolver()
export class DictationResolver {
  constructor(private readonly service: DictationService) {}

  @Mutation(() => Dictation, {
    description: 'Hears a recording and makes the draft of a mail of it. Nothing is kept, and nothing is sent.',
  })
  dictate(
    @Context('caller') caller: Caller,
    @Args('input', { description: 'The recording.' }) input: DictateInput,
  ): Promise<Dictation> {
    return this.service.dictate(caller.organizationId, input);
  }
}
