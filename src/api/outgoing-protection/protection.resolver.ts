import { Args, Context, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { AFTER, FIRST } from '../graphql/pages.js';
import { ProtectionService } from './protection.service.js';
import {
  AddedRecipientKeys,
  ProtectionPolicy,
  ProtectionPolicyInput,
  RecipientKey,
  RecipientKeyConnection,
  RecipientKeyInput,
} from './protection.types.js';

@Resolver(() => RecipientKey)
export class ProtectionResolver {
  constructor(private readonly protection: ProtectionService) {}

  @Query(() => RecipientKeyConnection, {
    description: 'Keys of recipients that outgoing mail is encrypted to, newest first.',
  })
  recipientKeys(
    @Context('caller') caller: Caller,
    @Args('address', { type: () => String, nullable: true, description: 'Those of one address alone.' })
    address: string | null,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
    @Args('after', { type: () => String, nullable: true, description: AFTER }) after: string | null,
  ) {
    return this.protection.listKeys(caller.organizationId, address ?? null, first ?? null, after ?? null);
  }

  @Mutation(() => AddedRecipientKeys, {
    description:
      'Adds the key of a recipient, trusted as VERIFIED: compare its fingerprint with its owner first. A key that has ' +
      'expired, was revoked or cannot be encrypted to is refused.',
  })
  addRecipientKey(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => RecipientKeyInput, description: 'The key.' }) input: RecipientKeyInput,
  ) {
    return this.protection.addKey(caller, input);
  }

  @Mutation(() => RecipientKey, {
    description: 'Takes a key out; mail and look-ups do not bring it back. Answers with it as it was.',
  })
  removeRecipientKey(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The key.' }) id: string,
  ) {
    return this.protection.removeKey(caller, id);
  }

  @Query(() => ProtectionPolicy, { description: 'Whether and how outgoing mail is signed and encrypted.' })
  protectionPolicy(@Context('caller') caller: Caller) {
    return this.protection.readPolicy(caller.organizationId);
  }

  @Mutation(() => ProtectionPolicy, { description: 'Changes the policy, for messages that are prepared from then on.' })
  updateProtectionPolicy(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => ProtectionPolicyInput, description: 'What to change.' }) input: ProtectionPolicyInput,
  ) {
    return this.protection.updatePolicy(caller, input);
  }
}
