import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { UpdateQuarantineInput } from '../quarantine/quarantine.types.js';
import { OrganizationService } from './organization.service.js';
import { Organization, UpdatePolicyInput } from './organization.types.js';

@Resolver(() => Organization)
export class OrganizationResolver {
  constructor(private readonly organizations: OrganizationService) {}

  @Query(() => Organization, { description: 'Whom the token belongs to.' })
  organization(@Context('caller') caller: Caller): Promise<Organization> {
    return this.organizations.read(caller.organizationId);
  }

  @Mutation(() => Organization, { description: 'Changes what decides over messages, from the next decision on.' })
  updatePolicy(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => UpdatePolicyInput, description: 'What to change.' }) input: UpdatePolicyInput,
  ): Promise<Organization> {
    return this.organizations.updatePolicy(caller.organizationId, input);
  }

  @Mutation(() => Organization, { description: 'Changes what the quarantine does by itself.' })
  updateQuarantine(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => UpdateQuarantineInput, description: 'What to change.' }) input: UpdateQuarantineInput,
  ): Promise<Organization> {
    return this.organizations.updateQuarantine(caller.organizationId, input);
  }

  @Mutation(() => Organization, {
    description:
      'Changes the time zone. Days that were counted stay as they were; the next figure goes by the new one.',
  })
  updateTimeZone(
    @Context('caller') caller: Caller,
    @Args('timeZone', { type: () => String, description: 'A name of IANA: `Europe/Berlin`.' }) timeZone: string,
  ): Promise<Organization> {
    return this.organizations.updateTimeZone(caller.organizationId, timeZone);
  }

  @Mutation(() => Organization, { description: 'Changes the language that mail is translated into.' })
  updateReadingLanguage(
    @Context('caller') caller: Caller,
    @Args('language', { type: () => String, description: 'A code of ISO 639-1: `en`.' }) language: string,
  ): Promise<Organization> {
    return this.organizations.updateReadingLanguage(caller.organizationId, language);
  }
}
