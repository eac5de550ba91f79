import { Args, Context, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { SpamScope } from '../../domain/spam-scope.js';
import type { Caller } from '../graphql/caller.js';
import { SpamScopeEnum } from '../graphql/enums.js';
import { SpamLearningService, type CorrectionOutcome } from './spam-learning.service.js';
import { CorrectSpamPayload, SpamLearning } from './spam-learning.types.js';

const MESSAGE = 'An incoming message, by its id.';
const MAILBOX = 'For the scope MAILBOX, which one; every mailbox that the message is in where it is left out.';

@Resolver(() => SpamLearning)
export class SpamLearningResolver {
  constructor(private readonly spamLearning: SpamLearningService) {}

  @Query(() => [SpamLearning], { description: 'What the spam filter was taught: the organization, then mailboxes.' })
  spamLearnings(@Context('caller') caller: Caller) {
    return this.spamLearning.list(caller.organizationId);
  }

  @Mutation(() => CorrectSpamPayload, {
    description:
      'Says whether a message is spam; the filter learns it for the next message. One lesson a message and scope: ' +
      'saying it again changes nothing, saying the opposite replaces it. CONFLICT where spamDetection has not run.',
  })
  async correctSpam(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: MESSAGE }) messageId: string,
    @Args('isSpam', { type: () => Boolean, description: 'True for spam, false for wanted mail.' }) isSpam: boolean,
    @Args('scope', { type: () => SpamScopeEnum, description: 'Whose mail it counts for.' }) scope: SpamScope,
    @Args('mailboxId', { type: () => ID, nullable: true, description: MAILBOX }) mailboxId: string | null,
  ): Promise<CorrectionOutcome> {
    const target = { messageId, scope, mailboxId: mailboxId ?? null };
    const outcome = await this.spamLearning.correct(caller.viewer, target, isSpam);
    caller.forget();
    return outcome;
  }

  @Mutation(() => CorrectSpamPayload, {
    description: 'Takes a correction back: the filter is as if it had never been given.',
  })
  async withdrawSpamCorrection(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: MESSAGE }) messageId: string,
    @Args('scope', { type: () => SpamScopeEnum, description: 'Where it was given.' }) scope: SpamScope,
    @Args('mailboxId', { type: () => ID, nullable: true, description: MAILBOX }) mailboxId: string | null,
  ): Promise<CorrectionOutcome> {
    const outcome = await this.spamLearning.withdraw(caller.viewer, { messageId, scope, mailboxId: mailboxId ?? null });
    caller.forget();
    return outcome;
  }

  @Mutation(() => Int, { description: 'Forgets all lessons of a scope; answers with how many there were.' })
  resetSpamLearning(
    @Context('caller') caller: Caller,
    @Args('scope', { type: () => SpamScopeEnum, description: 'Whose.' }) scope: SpamScope,
    @Args('mailboxId', { type: () => ID, nullable: true, description: 'For the scope MAILBOX, which one.' })
    mailboxId: string | null,
  ): Promise<number> {
    return this.spamLearning.reset(caller.viewer, scope, mailboxId ?? null);
  }
}
