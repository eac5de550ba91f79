import { Args, Context, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { AFTER, FIRST } from '../graphql/pages.js';
import { MessageService } from '../messages/message.service.js';
import { Message, MessageConnection } from '../messages/message.types.js';
import { LabelService } from './label.service.js';
import { QuarantineService } from './quarantine.service.js';
import { QuarantineResult } from './quarantine.types.js';

const Ids = () => Args('ids', { type: () => [ID], description: 'Messages, by their ids; 100 at most.' });

@Resolver()
export class QuarantineResolver {
  constructor(
    private readonly quarantineService: QuarantineService,
    private readonly messages: MessageService,
    private readonly labels: LabelService,
  ) {}

  @Query(() => MessageConnection, { description: 'What is in the quarantine, newest first; deleted messages are not.' })
  quarantine(
    @Context('caller') caller: Caller,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
    @Args('after', { type: () => String, nullable: true, description: AFTER }) after: string | null,
    @Args('mailboxId', { type: () => ID, nullable: true, description: 'What was received for that mailbox alone.' })
    mailboxId: string | null,
    @Args('label', { type: () => String, nullable: true, description: 'What has that label alone.' })
    label: string | null,
    @Args('search', { type: () => String, nullable: true, description: 'As in the filter of messages.' })
    search: string | null,
  ) {
    const filter = { status: 'QUARANTINED', isDeleted: false, mailboxId, label, search } as const;
    return this.messages.list(caller.organizationId, first ?? null, after ?? null, filter);
  }

  @Mutation(() => [QuarantineResult], {
    description: 'Delivers quarantined messages, each by a new run. One that cannot be released says why.',
  })
  async releaseQuarantined(
    @Context('caller') caller: Caller,
    @Ids() ids: string[],
    @Args('learn', {
      type: () => Boolean,
      nullable: true,
      description: 'Whether the spam filter learns from it that they are no spam; false where it is left out.',
    })
    learn: boolean | null,
  ) {
    const results = await this.quarantineService.release(caller.viewer, ids, learn ?? false);
    caller.forget();
    return results;
  }

  @Mutation(() => [QuarantineResult], {
    description:
      'Deletes the bytes of quarantined messages and what was made of their text, for good. The messages stay listed, ' +
      'with who sent them, why they were quarantined and who deleted them. One that other recipients have got leaves the ' +
      'quarantine, and stays theirs.',
  })
  async deleteQuarantined(@Context('caller') caller: Caller, @Ids() ids: string[]) {
    const results = await this.quarantineService.delete(caller.viewer, ids);
    caller.forget();
    return results;
  }

  @Mutation(() => Message, { description: 'Adds labels to a message, and takes others away.' })
  async labelMessage(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: 'The message, by its id.' }) messageId: string,
    @Args('add', { type: () => [String], nullable: true, description: 'Labels of at most 50 characters.' })
    add: string[] | null,
    @Args('remove', { type: () => [String], nullable: true, description: 'Labels that it may have.' })
    remove: string[] | null,
  ) {
    const message = await this.labels.change(caller.viewer, messageId, add ?? [], remove ?? []);
    caller.forget();
    return message;
  }
}
