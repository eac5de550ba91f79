import { Args, Context, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { AFTER, FIRST } from '../graphql/pages.js';
import { IntakePolicyService } from './intake-policy.service.js';
import {
  AddressListConnection,
  AddressListEntry,
  AddressListEntryInput,
  IntakePolicy,
  UpdateIntakePolicyInput,
} from './intake-policy.types.js';

@Resolver(() => IntakePolicy)
export class IntakePolicyResolver {
  constructor(private readonly policies: IntakePolicyService) {}

  @Query(() => IntakePolicy, { description: 'Greylisting, DNS block lists and rates, with the defaults.' })
  intakePolicy(@Context('caller') caller: Caller) {
    return this.policies.read(caller.organizationId);
  }

  @Mutation(() => IntakePolicy, {
    description: 'Changes what is asked of who delivers mail; in force within a second.',
  })
  updateIntakePolicy(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => UpdateIntakePolicyInput, description: 'What to change.' })
    input: UpdateIntakePolicyInput,
  ) {
    return this.policies.update(caller.organizationId, input);
  }

  @Query(() => AddressListConnection, { description: 'Who is always let in, and who never; newest first.' })
  addressLists(
    @Context('caller') caller: Caller,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
    @Args('after', { type: () => String, nullable: true, description: AFTER }) after: string | null,
  ) {
    return this.policies.list(caller.organizationId, first ?? null, after ?? null);
  }

  @Mutation(() => AddressListEntry, {
    description:
      'Adds to an allow or deny list. What a deny entry names is refused at RCPT (550 5.7.1); an allow entry goes before ' +
      'block lists and greylisting, and speaks for a message where it is proven to be its sender’s.',
  })
  addAddressListEntry(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => AddressListEntryInput, description: 'The entry.' }) input: AddressListEntryInput,
  ) {
    return this.policies.add(caller, input);
  }

  @Mutation(() => AddressListEntry, { description: 'Takes an entry off its list; answers with it as it was.' })
  removeAddressListEntry(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The entry.' }) id: string,
  ) {
    return this.policies.remove(caller.organizationId, id);
  }
}
