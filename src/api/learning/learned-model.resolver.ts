import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { FIRST } from '../graphql/pages.js';
import { LearnedModelService } from './learned-model.service.js';
import { LearnedModel, ModelAgreement, ModelVersion } from './learned-model.types.js';

@Resolver(() => LearnedModel)
export class LearnedModelResolver {
  constructor(private readonly models: LearnedModelService) {}

  @Query(() => [LearnedModel], {
    description: 'What was learned from corrections: of the organization, then of mailboxes.',
  })
  learnedModels(@Context('caller') caller: Caller): Promise<LearnedModel[]> {
    return this.models.list(caller.organizationId);
  }

  @ResolveField(() => [ModelVersion], { description: 'Its trainings, newest first; those that were rejected too.' })
  versions(
    @Parent() model: LearnedModel,
    @Context('caller') caller: Caller,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
  ): Promise<ModelVersion[]> {
    return this.models.versions(caller.organizationId, model.id, first ?? null);
  }

  @ResolveField(() => ModelAgreement, { description: 'Now: of messages since the promotion of the current version.' })
  agreement(@Parent() model: LearnedModel, @Context('caller') caller: Caller): Promise<ModelAgreement> {
    return this.models.agreement(caller.organizationId, model);
  }

  @Mutation(() => LearnedModel, {
    description:
      'Trains a model in full, within seconds; it takes over where it is better on examples that were held out.',
  })
  trainModel(
    @Context('caller') caller: Caller,
    @Args('modelId', { type: () => ID, description: 'A LearnedModel.' }) modelId: string,
  ): Promise<LearnedModel> {
    return this.models.train(caller.organizationId, modelId);
  }

  @Mutation(() => LearnedModel, {
    description:
      'Lets another version answer, an older one or the newer one again, with all later corrections on top of it. The ' +
      'next training by itself waits for new corrections.',
  })
  answerWithVersion(
    @Context('caller') caller: Caller,
    @Args('modelId', { type: () => ID, description: 'A LearnedModel.' }) modelId: string,
    @Args('versionId', { type: () => ID, nullable: true, description: 'A promoted ModelVersion; none where left out.' })
    versionId: string | null,
  ): Promise<LearnedModel> {
    return this.models.answerWith(caller.viewer, modelId, versionId ?? null);
  }
}
