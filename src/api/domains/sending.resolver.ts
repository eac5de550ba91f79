import { Args, Context, Int, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { publishedDomain } from '../../adapters/domains/check-domain.js';
import { returnPathOf } from '../../adapters/domains/return-path.js';
import type { DomainRecord } from '../../adapters/organizations/domains.js';
import { nextRotation } from '../../domain/domains/dkim-rotation.js';
import { dnsRecords, zoneValue } from '../../domain/domains/dns-records.js';
import type { ReturnPath } from '../../domain/domains/return-path.js';
import type { Caller } from '../graphql/caller.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import { DomainLookProvider } from './domain-look.js';
import { Domain } from './domain.types.js';
import { actorOf } from './named-domain.js';
import { DomainSendingService } from './sending.service.js';
import { DkimKey, DnsRecord, DomainSettingsInput, ReturnPathSetting } from './sending.types.js';

const Name = () => Args('domain', { type: () => String, description: 'One of the domains.' });
const Selector = () => Args('selector', { type: () => String, description: 'One of its keys.' });

@Resolver(() => Domain)
export class DomainSendingResolver {
  constructor(
    private readonly sending: DomainSendingService,
    private readonly looks: DomainLookProvider,
  ) {}

  @ResolveField(() => [DkimKey], { description: 'What its mail is and was signed with, the newest first.' })
  dkimKeys(@Parent() domain: DomainRecord, @Context('caller') caller: Caller) {
    return caller.loaders.dkimKeys.load(domain.name);
  }

  @ResolveField(() => [DnsRecord], { description: 'What to publish for it, held against what the DNS said last.' })
  async dnsRecords(@Parent() domain: DomainRecord, @Context('caller') caller: Caller): Promise<DnsRecord[]> {
    const [keys, answers] = await Promise.all([
      caller.loaders.dkimKeys.load(domain.name),
      caller.loaders.dnsAnswers.load(domain.name),
    ]);
    const records = dnsRecords(publishedDomain(domain, keys), this.looks.look.host, answers);
    return records.map((record) => ({ ...record, value: zoneValue(record) }));
  }

  @ResolveField(() => ReturnPathSetting, { description: 'Where bounces of its mail go.' })
  returnPath(@Parent() domain: DomainRecord): ReturnPath {
    return returnPathOf(domain);
  }

  @ResolveField(() => Int, {
    nullable: true,
    description: 'Days that a key signs before new ones are made; null: until rotateKeys is called.',
  })
  keyRotationDays(@Parent() domain: DomainRecord): number | null {
    return domain.rotationDays;
  }

  @ResolveField(() => Int, { description: 'Days that the record of an old key must stay.' })
  keyOverlapDays(@Parent() domain: DomainRecord): number {
    return domain.overlapDays;
  }

  @ResolveField(() => DateTimeScalar, {
    nullable: true,
    description: 'When new keys are made; null: nothing signs yet, or only rotateKeys makes them.',
  })
  async nextKeyRotationAt(@Parent() domain: DomainRecord, @Context('caller') caller: Caller): Promise<string | null> {
    return nextRotation(await caller.loaders.dkimKeys.load(domain.name), domain)?.toISOString() ?? null;
  }

  @Mutation(() => Domain, { description: 'Changes how mail from a domain is signed and where its bounces go.' })
  updateDomain(
    @Context('caller') caller: Caller,
    @Name() domain: string,
    @Args('input', { type: () => DomainSettingsInput, description: 'What to change.' }) input: DomainSettingsInput,
  ) {
    return this.#changed(caller, this.sending.update(caller.organizationId, actorOf(caller), domain, input));
  }

  @Mutation(() => Domain, {
    description:
      'Makes a new pair of DKIM keys, RSA and Ed25519; the first one where a domain has none. Publish their records ' +
      '(dnsRecords): each begins to sign when its record is seen, and the key before it stays published for ' +
      'keyOverlapDays. CONFLICT while keys wait already.',
  })
  rotateKeys(
    @Context('caller') caller: Caller,
    @Name() domain: string,
    @Args('replacePending', {
      type: () => Boolean,
      nullable: true,
      description: 'Drops keys that wait for their records.',
    })
    replacePending: boolean | null,
  ) {
    return this.#changed(
      caller,
      this.sending.rotate(caller.organizationId, actorOf(caller), domain, replacePending ?? false),
    );
  }

  @Mutation(() => Domain, {
    description:
      'Has a key sign though its record was not seen here, for example because the DNS of this machine differs from ' +
      'that of others. Where it is not published, receivers take mail for unsigned or worse.',
  })
  activateKey(@Context('caller') caller: Caller, @Name() domain: string, @Selector() selector: string) {
    return this.#changed(caller, this.sending.activate(caller.organizationId, actorOf(caller), domain, selector));
  }

  @Mutation(() => Domain, {
    description:
      'Ends a key at once and deletes its private half, for example because it has leaked. Remove its record; mail ' +
      'on its way that it has signed fails then. Where no other key is active, mail leaves unsigned until one is.',
  })
  retireKey(@Context('caller') caller: Caller, @Name() domain: string, @Selector() selector: string) {
    return this.#changed(caller, this.sending.retire(caller.organizationId, actorOf(caller), domain, selector));
  }

  @Mutation(() => Domain, { description: 'Asks the DNS about a domain now, and has keys sign whose records are seen.' })
  checkDomain(@Context('caller') caller: Caller, @Name() domain: string) {
    return this.#changed(caller, this.sending.check(caller.organizationId, actorOf(caller), domain));
  }

  async #changed(caller: Caller, change: Promise<DomainRecord>): Promise<DomainRecord> {
    const domain = await change;
    caller.forget();
    return domain;
  }
}
