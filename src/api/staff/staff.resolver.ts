import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { Message } from '../messages/message.types.js';
import { StaffService } from './staff.service.js';
import { Person, SavePersonInput, SaveTeamInput, Team } from './staff.types.js';

@Resolver(() => Person)
export class PersonResolver {
  constructor(private readonly staff: StaffService) {}

  @Query(() => [Person], { name: 'people', description: 'Who answers mail, by name.' })
  people(@Context('caller') caller: Caller): Promise<Person[]> {
    return this.staff.people(caller.organizationId);
  }

  @Mutation(() => Person, { description: 'Makes a person or changes one; routing follows within about a second.' })
  savePerson(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => SavePersonInput, description: 'The person.' }) input: SavePersonInput,
  ): Promise<Person> {
    return this.staff.savePerson(caller.organizationId, input);
  }

  @Mutation(() => Boolean, {
    description:
      'Removes a person; false where there is none. What he had open stays with his team, or is nobody’s. CONFLICT ' +
      'while rules assign mail to him.',
  })
  removePerson(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The person.' }) id: string,
  ): Promise<boolean> {
    return this.staff.removePerson(caller.organizationId, id);
  }

  @ResolveField(() => [Message], { description: 'What he has open, newest first; 100 at most.' })
  openMessages(@Parent() person: Person, @Context('caller') caller: Caller) {
    return caller.loaders.openMessages.load(person.id);
  }
}

@Resolver(() => Team)
export class TeamResolver {
  constructor(private readonly staff: StaffService) {}

  @Query(() => [Team], { name: 'teams', description: 'Teams, by name.' })
  teams(@Context('caller') caller: Caller): Promise<Team[]> {
    return this.staff.teams(caller.organizationId);
  }

  @Mutation(() => Team, { description: 'Makes a team or changes one; routing follows within about a second.' })
  saveTeam(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => SaveTeamInput, description: 'The team.' }) input: SaveTeamInput,
  ): Promise<Team> {
    return this.staff.saveTeam(caller.organizationId, input);
  }

  @Mutation(() => Boolean, {
    description:
      'Removes a team; false where there is none. What its people have stays theirs. CONFLICT while rules assign mail ' +
      'to it.',
  })
  removeTeam(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The team.' }) id: string,
  ): Promise<boolean> {
    return this.staff.removeTeam(caller.organizationId, id);
  }

  @Query(() => Boolean, { description: 'Whether all mail is assigned by itself; false: where a rule says so alone.' })
  assignsAutomatically(@Context('caller') caller: Caller): Promise<boolean> {
    return this.staff.automatic(caller.organizationId);
  }

  @Mutation(() => Boolean, {
    description:
      'Says whether mail that a team answers, or that is like mail that people assigned, is assigned by itself; else it ' +
      'is proposed. Rules that name a team or a person always assign.',
  })
  assignAutomatically(
    @Context('caller') caller: Caller,
    @Args('automatic', { type: () => Boolean, description: 'True assigns, false proposes.' }) automatic: boolean,
  ): Promise<boolean> {
    return this.staff.chooseAutomatic(caller.organizationId, automatic);
  }
}
