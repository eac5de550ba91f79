import { Args, Context, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { CorrectionKind } from '../../domain/correction.js';
import type { Caller } from '../graphql/caller.js';
import { CorrectionKindEnum } from '../graphql/enums.js';
import { FIRST } from '../graphql/pages.js';
import { CorrectionService, type CorrectOutcome } from './correction.service.js';
import { Correction, CorrectionInput, CorrectPayload, WithdrawCorrectionPayload } from './correction.types.js';

@Resolver(() => Correction)
export class CorrectionResolver {
  constructor(private readonly corrections: CorrectionService) {}

  @Query(() => [Correction], { name: 'corrections', description: 'What people corrected, newest first.' })
  list(
    @Context('caller') caller: Caller,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
    @Args('after', { type: () => ID, nullable: true, description: 'The id of the last one of the page before.' })
    after: string | null,
    @Args('kind', { type: () => CorrectionKindEnum, nullable: true, description: 'Of that kind alone.' })
    kind: CorrectionKind | null,
    @Args('messageId', { type: () => ID, nullable: true, description: 'Of that message alone.' })
    messageId: string | null,
    @Args('ended', { type: () => Boolean, nullable: true, description: 'Those that are no longer in force too.' })
    ended: boolean | null,
  ): Promise<Correction[]> {
    return this.corrections.list(caller.organizationId, { kind, messageId, ended }, after ?? null, first ?? null);
  }

  @Mutation(() => CorrectPayload, {
    description:
      'Says what is right of one answer of a message; the next message like it is answered so. Saying it again changes ' +
      'nothing, saying something else replaces it. CONFLICT where the message was not analysed yet.',
  })
  async correct(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => CorrectionInput, description: 'What is right.' }) input: CorrectionInput,
  ): Promise<CorrectOutcome> {
    const outcome = await this.corrections.correct(caller.viewer, input);
    caller.forget();
    return outcome;
  }

  @Mutation(() => WithdrawCorrectionPayload, {
    description:
      'Takes a correction back. What a trained version had learned of it is forgotten by a training that begins at once.',
  })
  async withdrawCorrection(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The correction.' }) id: string,
  ): Promise<WithdrawCorrectionPayload> {
    const outcome = await this.corrections.withdraw(caller.viewer, id);
    caller.forget();
    return outcome;
  }
}
