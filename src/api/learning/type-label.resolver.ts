import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { TypeLabelService } from './type-label.service.js';
import { TypeLabel, TypeLabelInput } from './type-label.types.js';

@Resolver(() => TypeLabel)
export class TypeLabelResolver {
  constructor(private readonly typeLabels: TypeLabelService) {}

  @Query(() => [TypeLabel], {
    name: 'typeLabels',
    description: 'What messages may be called: built-in types, then your own.',
  })
  list(@Context('caller') caller: Caller): Promise<TypeLabel[]> {
    return this.typeLabels.list(caller.organizationId);
  }

  @Mutation(() => TypeLabel, { description: 'Adds a label, or changes one; it counts for the next message.' })
  saveTypeLabel(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => TypeLabelInput, description: 'The label.' }) input: TypeLabelInput,
  ): Promise<TypeLabel> {
    return this.typeLabels.save(caller.organizationId, input);
  }

  @Mutation(() => Boolean, {
    description:
      'Removes a label of your own, or what you changed of a built-in one; false where there was nothing. Corrections ' +
      'that name it stay, and come into force again where it comes back.',
  })
  removeTypeLabel(
    @Context('caller') caller: Caller,
    @Args('name', { type: () => String, description: 'Its name.' }) name: string,
  ): Promise<boolean> {
    return this.typeLabels.remove(caller.organizationId, name);
  }
}
