import { Args, Context, Field, ID, Mutation, ObjectType, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { MailboxRecord } from '../../adapters/organizations/mailboxes.js';
import type { Caller } from '../graphql/caller.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import { MailboxPasswordService } from './mailbox-password.service.js';
import { Mailbox } from './mailbox.types.js';

@ObjectType({ description: 'That a mailbox has a password for the submission port. It is shown to nobody.' })
export class MailboxPassword {
  @Field(() => String, { description: 'Who set it.' })
  setBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  setAt!: string;
}

const MailboxId = () => Args('mailboxId', { type: () => ID, description: 'The mailbox.' });

@Resolver(() => Mailbox)
export class MailboxPasswordResolver {
  constructor(private readonly passwords: MailboxPasswordService) {}

  @ResolveField(() => MailboxPassword, { nullable: true, description: 'Null: nobody can sign in with it.' })
  password(@Parent() { id }: MailboxRecord, @Context('caller') caller: Caller) {
    return caller.loaders.mailboxPassword.load(id);
  }

  @Mutation(() => Mailbox, {
    description:
      'Sets the password with which mail programs sign in at the submission port, an address of the mailbox as the ' +
      'user name; they send in its name alone. The one before holds no more.',
  })
  async setMailboxPassword(
    @Context('caller') caller: Caller,
    @MailboxId() mailboxId: string,
    @Args('password', { type: () => String, description: '12 to 256 characters.' }) password: string,
  ) {
    const mailbox = await this.passwords.set(caller, mailboxId, password);
    caller.forget();
    return mailbox;
  }

  @Mutation(() => Boolean, { description: 'Takes the password of a mailbox away; false where it had none.' })
  async removeMailboxPassword(@Context('caller') caller: Caller, @MailboxId() mailboxId: string): Promise<boolean> {
    const removed = await this.passwords.remove(caller, mailboxId);
    caller.forget();
    return removed;
  }
}
