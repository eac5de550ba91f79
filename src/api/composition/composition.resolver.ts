import { Args, Context, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { DraftAnswer, Prediction } from '../../domain/composition.js';
import type { Caller } from '../graphql/caller.js';
import { CompositionService } from './composition.service.js';
import {
  CheckDraftInput,
  DraftReport,
  LearnSentMailInput,
  PredictTextInput,
  TextPrediction,
} from './composition.types.js';

@Resolver(() => TextPrediction)
export class CompositionResolver {
  constructor(private readonly composition: CompositionService) {}

  @Query(() => TextPrediction, {
    description:
      'How a text may go on, from what the organization and the mailbox wrote before: what two mailboxes wrote, or this ' +
      'one to two different audiences; and no number, address or secret.',
  })
  predictText(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => PredictTextInput, description: 'What is written so far, and where.' })
    input: PredictTextInput,
  ): Promise<Prediction> {
    return this.composition.predict(caller.organizationId, input);
  }

  @Query(() => DraftReport, {
    description: 'Grammar, spelling, tone, a forgotten attachment and recipients that were perhaps not meant.',
  })
  checkDraft(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => CheckDraftInput, description: 'The draft.' }) input: CheckDraftInput,
  ): Promise<DraftAnswer> {
    return this.composition.check(caller.organizationId, input);
  }

  @Mutation(() => Boolean, {
    description:
      'Learns from a mail that was sent elsewhere. True where it is new. Mail that comes in here from the ' +
      "organization's own authenticated authors is learned without it.",
  })
  learnSentMail(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => LearnSentMailInput, description: 'The mail that was sent.' })
    input: LearnSentMailInput,
  ): Promise<boolean> {
    return this.composition.learn(caller.organizationId, input);
  }

  @Mutation(() => Int, {
    description:
      'Forgets what was learned from sent mail; answers with how many mails. Predictions from it stop within seconds.',
  })
  forgetSentMail(
    @Context('caller') caller: Caller,
    @Args('mailboxId', {
      type: () => ID,
      nullable: true,
      description: 'Whose; all of the organization where it is left out.',
    })
    mailboxId: string | null,
  ): Promise<number> {
    return this.composition.forget(caller.organizationId, mailboxId ?? null);
  }
}
