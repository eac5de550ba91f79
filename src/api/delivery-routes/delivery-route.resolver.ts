import { Args, Context, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { DeliveryRouteService } from './delivery-route.service.js';
import {
  DeliveryAssignment,
  DeliveryDestination,
  DeliveryRoute,
  DeliveryRouteChoice,
  DeliveryRouteInput,
} from './delivery-route.types.js';

const Name = () => Args('name', { type: () => String, description: 'Of a route.' });
const Pattern = () =>
  Args('pattern', { type: () => String, description: '`example.org`, `*.example.org` (what is below it) or `*`.' });

@Resolver()
export class DeliveryRouteResolver {
  constructor(private readonly routes: DeliveryRouteService) {}

  @Query(() => [DeliveryRoute], {
    description:
      'The ways for outgoing mail to leave, by name; `default` is EVERPOST_SMARTHOST, or each destination itself.',
  })
  deliveryRoutes(@Context('caller') caller: Caller) {
    return this.routes.list(caller.organizationId);
  }

  @Query(() => [DeliveryAssignment], {
    description: 'Which destinations go by which route; others by the default one.',
  })
  deliveryAssignments(@Context('caller') caller: Caller) {
    return this.routes.assignments(caller.organizationId);
  }

  @Query(() => DeliveryRouteChoice, { description: 'By which route mail to a domain would go now, and why.' })
  deliveryRouteFor(
    @Context('caller') caller: Caller,
    @Args('destination', { type: () => String, description: 'A domain.' }) destination: string,
  ) {
    return this.routes.choose(caller.organizationId, destination);
  }

  @Query(() => [DeliveryDestination], {
    description: 'The destinations of the last hour with their pace, those that put most off first.',
  })
  deliveryDestinations(
    @Context('caller') caller: Caller,
    @Args('first', { type: () => Int, nullable: true, description: '1 to 500; 50 where it is left out.' })
    first: number | null,
  ) {
    return this.routes.destinations(caller.organizationId, first ?? null);
  }

  @Mutation(() => DeliveryRoute, { description: 'Sets a route, in the place of the one of this name.' })
  setDeliveryRoute(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => DeliveryRouteInput, description: 'The route.' }) input: DeliveryRouteInput,
  ) {
    return this.routes.set(caller, input);
  }

  @Mutation(() => DeliveryRoute, {
    description:
      'Deletes a route; COMMAND_REFUSED while a destination or a pool names it. What had chosen it goes as if it were ' +
      'new. Answers with it as it was.',
  })
  deleteDeliveryRoute(@Context('caller') caller: Caller, @Name() name: string) {
    return this.routes.remove(caller, name);
  }

  @Mutation(() => DeliveryAssignment, { description: 'Says by which route mail to some destinations goes.' })
  assignDeliveryRoute(
    @Context('caller') caller: Caller,
    @Pattern() pattern: string,
    @Args('route', { type: () => String, description: 'The name of the route.' }) route: string,
  ) {
    return this.routes.assign(caller, pattern, route);
  }

  @Mutation(() => DeliveryAssignment, { description: 'Takes an assignment back; answers with it as it was.' })
  unassignDeliveryRoute(@Context('caller') caller: Caller, @Pattern() pattern: string) {
    return this.routes.unassign(caller, pattern);
  }
}
