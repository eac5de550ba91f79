import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { DateScalar } from '../graphql/scalars.js';
import { DashboardService } from './dashboard.service.js';
import { Dashboard } from './dashboard.types.js';

@Resolver()
export class DashboardResolver {
  constructor(private readonly dashboardService: DashboardService) {}

  @Query(() => Dashboard, { description: "The organization's figures by day; of its last 30 days where not told." })
  dashboard(
    @Context('caller') caller: Caller,
    @Args('from', { type: () => DateScalar, nullable: true, description: 'The first day; 366 days at most.' })
    from: string | null,
    @Args('to', { type: () => DateScalar, nullable: true, description: 'The last day, included; today if left out.' })
    to: string | null,
  ): Promise<Dashboard> {
    return this.dashboardService.read(caller.organizationId, from ?? null, to ?? null);
  }
}
