import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { NextHopRecord } from '../../adapters/onward/next-hops.js';
import type { DomainRecord } from '../../adapters/organizations/domains.js';
import type { Caller } from '../graphql/caller.js';
import { DomainService } from './domain.service.js';
import { ArcKey, Domain, NextHop, NextHopInput } from './domain.types.js';
import { arcKeyView, NextHopService } from './next-hop.service.js';
import { actorOf } from './named-domain.js';

const Name = () => Args('domain', { type: () => String, description: 'One of the domains.' });

@Resolver(() => Domain)
export class DomainResolver {
  constructor(
    private readonly domainService: DomainService,
    private readonly nextHops: NextHopService,
  ) {}

  @Query(() => [Domain], { description: "The organization's domains, by name." })
  domains(@Context('caller') caller: Caller) {
    return this.domainService.list(caller.organizationId);
  }

  @Query(() => Domain, { nullable: true, description: 'One of them; null where the organization has no such domain.' })
  domain(
    @Context('caller') caller: Caller,
    @Args('name', { type: () => String, description: '`example.org`; letter case does not count.' }) name: string,
  ) {
    return this.domainService.find(caller.organizationId, name);
  }

  @ResolveField(() => NextHop, {
    nullable: true,
    description: 'The mail server behind it; null: what is delivered stays here.',
  })
  nextHop(@Parent() domain: DomainRecord, @Context('caller') caller: Caller): Promise<NextHopRecord | null> {
    return caller.loaders.nextHop.load(domain.name);
  }

  @ResolveField(() => ArcKey, { nullable: true, description: 'What its mail is sealed with; null: it is not.' })
  async arcKey(@Parent() domain: DomainRecord, @Context('caller') caller: Caller): Promise<ArcKey | null> {
    const key = await caller.loaders.arcKey.load(domain.name);
    return key === null ? null : arcKeyView(key);
  }

  @Mutation(() => Domain, {
    description:
      'Adds a domain with DKIM keys, which sign as soon as their records are published (dnsRecords). It receives ' +
      'nothing until a mailbox takes an address of it: see saveMailbox.',
  })
  addDomain(
    @Context('caller') caller: Caller,
    @Args('name', { type: () => String, description: '`example.org`; letter case does not count.' }) name: string,
  ) {
    return this.domainService.add(caller.organizationId, actorOf(caller), name);
  }

  @Mutation(() => Domain, {
    description: 'Removes a domain with its keys. CONFLICT while mailboxes or mail that is to be sent depend on it.',
  })
  removeDomain(@Context('caller') caller: Caller, @Name() domain: string) {
    return this.#changed(caller, this.domainService.remove(caller.organizationId, actorOf(caller), domain));
  }

  @Mutation(() => Domain, {
    description: 'Sets the mail server behind a domain: what is delivered from now on goes on to it.',
  })
  setNextHop(
    @Context('caller') caller: Caller,
    @Name() domain: string,
    @Args('input', { type: () => NextHopInput, description: 'The server.' }) input: NextHopInput,
  ) {
    return this.#changed(caller, this.nextHops.set(caller.organizationId, domain, input));
  }

  @Mutation(() => Domain, { description: 'Takes the mail server behind a domain away; what waits for it is canceled.' })
  removeNextHop(@Context('caller') caller: Caller, @Name() domain: string) {
    return this.#changed(caller, this.nextHops.remove(caller.organizationId, domain));
  }

  @Mutation(() => Domain, {
    description:
      "Makes the key that seals a domain's mail by ARC, in the place of another one. Publish its DNS record.",
  })
  createArcKey(
    @Context('caller') caller: Caller,
    @Name() domain: string,
    @Args('selector', { type: () => String, description: 'A name that no key of the domain has in the DNS.' })
    selector: string,
  ) {
    return this.#changed(caller, this.nextHops.createArcKey(caller.organizationId, domain, selector));
  }

  @Mutation(() => Domain, { description: "A domain's mail goes on without an ARC seal from now on." })
  removeArcKey(@Context('caller') caller: Caller, @Name() domain: string) {
    return this.#changed(caller, this.nextHops.removeArcKey(caller.organizationId, domain));
  }

  async #changed(caller: Caller, change: Promise<DomainRecord>): Promise<DomainRecord> {
    const domain = await change;
    caller.forget();
    return domain;
  }
}
