import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { SendingPolicyService } from './sending-policy.service.js';
import { SendingPolicy, SendingPolicyInput } from './sending-policy.types.js';

@Resolver(() => SendingPolicy)
export class SendingPolicyResolver {
  constructor(private readonly policies: SendingPolicyService) {}

  @Query(() => SendingPolicy, { description: 'What becomes of outgoing mail in which something is found.' })
  sendingPolicy(@Context('caller') caller: Caller) {
    return this.policies.read(caller.organizationId);
  }

  @Mutation(() => SendingPolicy, { description: 'Changes the policy, for messages that are prepared from then on.' })
  updateSendingPolicy(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => SendingPolicyInput, description: 'What to change.' }) input: SendingPolicyInput,
  ) {
    return this.policies.update(caller, input);
  }
}
