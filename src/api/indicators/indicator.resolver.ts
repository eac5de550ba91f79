import { Args, Context, ID, Int, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { AFTER, FIRST } from '../graphql/pages.js';
import { IndicatorService } from './indicator.service.js';
import { Indicator, IndicatorConnection, IndicatorInput } from './indicator.types.js';

@Resolver(() => IndicatorConnection)
export class IndicatorResolver {
  constructor(private readonly indicatorService: IndicatorService) {}

  @Query(() => IndicatorConnection, { description: "The organization's indicator list, newest first." })
  indicators(
    @Context('caller') caller: Caller,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
    @Args('after', { type: () => String, nullable: true, description: AFTER }) after: string | null,
  ) {
    return this.indicatorService.list(caller.organizationId, first ?? null, after ?? null);
  }

  @ResolveField(() => Int, { description: 'All indicators of the list, expired ones too; counted when asked for.' })
  totalCount(@Context('caller') caller: Caller): Promise<number> {
    return this.indicatorService.count(caller.organizationId);
  }

  @Mutation(() => [Indicator], {
    description:
      'Lists indicators, all or none. One that the same source listed before gets the new confidence and expiry. ' +
      'Answers with each as it is stored, once.',
  })
  addIndicators(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => [IndicatorInput], description: 'At most 1,000.' }) input: IndicatorInput[],
  ) {
    return this.indicatorService.add(caller.organizationId, input);
  }

  @Mutation(() => Indicator, { description: 'Takes an indicator off the list; answers with it as it was.' })
  removeIndicator(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The indicator.' }) id: string,
  ) {
    return this.indicatorService.remove(caller.organizationId, id);
  }
}
