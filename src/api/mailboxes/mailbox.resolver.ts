import { Args, Context, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { MailboxService } from './mailbox.service.js';
import { Mailbox, SaveMailboxInput } from './mailbox.types.js';

@Resolver(() => Mailbox)
export class MailboxResolver {
  constructor(private readonly mailboxService: MailboxService) {}

  @Query(() => [Mailbox], { description: "The organization's mailboxes, by pattern." })
  mailboxes(@Context('caller') caller: Caller) {
    return this.mailboxService.list(caller.organizationId);
  }

  @Mutation(() => Mailbox, {
    description: 'Makes a mailbox or changes one. The intake and the routing follow within about a second.',
  })
  async saveMailbox(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => SaveMailboxInput, description: 'The mailbox as it shall be.' })
    input: SaveMailboxInput,
  ) {
    const mailbox = await this.mailboxService.save(caller.organizationId, input);
    caller.forget();
    return mailbox;
  }

  @Mutation(() => Mailbox, {
    description:
      'Removes a mailbox; answers with it as it was. Its address then belongs to the next pattern that fits, or is ' +
      'refused. CONFLICT while rules send mail on to it, or while it has messages and no `moveTo` takes them over.',
  })
  async removeMailbox(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The mailbox.' }) id: string,
    @Args('moveTo', { type: () => ID, nullable: true, description: 'The mailbox that takes its messages over.' })
    moveTo: string | null,
  ) {
    const mailbox = await this.mailboxService.remove(caller.organizationId, id, moveTo ?? null);
    caller.forget();
    return mailbox;
  }
}
