import { Args, Context, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { MailKeyService } from './mail-key.service.js';
import { MailKey, MailKeyInput } from './mail-key.types.js';

@Resolver(() => MailKey)
export class MailKeyResolver {
  constructor(private readonly mailKeys: MailKeyService) {}

  @Query(() => [MailKey], {
    name: 'mailKeys',
    description: "The organization's keys of S/MIME and OpenPGP, newest first.",
  })
  list(@Context('caller') caller: Caller) {
    return this.mailKeys.list(caller.organizationId);
  }

  @Mutation(() => MailKey, {
    description:
      'Adds a key, or brings one up to date that is there already. Its private part is sealed at once and never ' +
      'returned. CONFLICT without a secret key, and for a key that was revoked.',
  })
  addMailKey(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => MailKeyInput, description: 'The key.' }) input: MailKeyInput,
  ) {
    return this.mailKeys.add(caller.organizationId, caller.viewer.name, input);
  }

  @Mutation(() => MailKey, {
    description: 'Revokes a key for good and forgets its private part; what it opened stays as it was read.',
  })
  revokeMailKey(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The key.' }) id: string,
  ) {
    return this.mailKeys.revoke(caller.organizationId, id);
  }
}
