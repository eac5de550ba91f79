import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { OutgoingSettingsService } from './outgoing-settings.service.js';
import { OutgoingSettings, OutgoingSettingsInput } from './outgoing-settings.types.js';

@Resolver()
export class OutgoingSettingsResolver {
  constructor(private readonly settings: OutgoingSettingsService) {}

  @Query(() => OutgoingSettings, { description: 'What the organization has set for its outgoing mail.' })
  outgoingSettings(@Context('caller') caller: Caller) {
    return this.settings.read(caller.organizationId);
  }

  @Mutation(() => OutgoingSettings, {
    description: 'Changes settings of outgoing mail; mail that waits follows them too.',
  })
  updateOutgoingSettings(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => OutgoingSettingsInput, description: 'What to change.' }) input: OutgoingSettingsInput,
  ) {
    return this.settings.update(caller, input);
  }
}
