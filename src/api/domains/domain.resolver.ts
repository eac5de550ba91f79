import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { DomainService } from './domain.service.js';
import { Domain } from './domain.types.js';

@Resolver(() => Domain)
export class DomainResolver {
  constructor(private readonly domainService: DomainService) {}

  @Query(() => [Domain], { description: "The organization's domains, by name." })
  domains(@Context('caller') caller: Caller) {
    return this.domainService.list(caller.organizationId);
  }

  @Mutation(() => Domain, {
    description: 'Adds a domain. It receives nothing until a mailbox takes an address of it: see saveMailbox.',
  })
  addDomain(
    @Context('caller') caller: Caller,
    @Args('name', { type: () => String, description: '`example.org`; letter case does not count.' }) name: string,
  ) {
    return this.domainService.add(caller.organizationId, name);
  }
}
