import { Args, Context, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { AFTER, FIRST } from '../graphql/pages.js';
import { SuppressionService } from './suppression.service.js';
import { Suppression, SuppressionConnection, SuppressionInput } from './suppression.types.js';

@Resolver()
export class SuppressionResolver {
  constructor(private readonly list: SuppressionService) {}

  @Query(() => SuppressionConnection, { description: 'Addresses that mail is kept back from, newest first.' })
  suppressions(
    @Context('caller') caller: Caller,
    @Args('address', { type: () => String, nullable: true, description: 'Of this one alone.' }) address: string | null,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
    @Args('after', { type: () => String, nullable: true, description: AFTER }) after: string | null,
  ) {
    return this.list.list(caller.organizationId, {
      address: address ?? null,
      first: first ?? null,
      after: after ?? null,
    });
  }

  @Mutation(() => Suppression, { description: 'Keeps mail back from an address; MANUAL is the reason.' })
  addSuppression(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => SuppressionInput, description: 'The address.' }) input: SuppressionInput,
  ) {
    return this.list.add(caller, input);
  }

  @Mutation(() => Suppression, {
    description: 'Takes an entry from the list: mail goes to the address again. Answers with it as it was.',
  })
  removeSuppression(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'Of the entry.' }) id: string,
  ) {
    return this.list.remove(caller, id);
  }
}
