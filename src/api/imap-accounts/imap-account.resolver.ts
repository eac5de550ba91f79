import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { ImapAccountRecord } from '../../adapters/imap/accounts.js';
import { isProven, type FolderProof } from '../../domain/imap-sync.js';
import type { Caller } from '../graphql/caller.js';
import { CreateImapAccountInput, UpdateImapAccountInput } from './imap-account.inputs.js';
import { ImapAccountService } from './imap-account.service.js';
import {
  ImapAccount,
  ImapActions,
  ImapFolderProof,
  ImapSkippedMessage,
  ImapUnfinishedAction,
} from './imap-account.types.js';

const ID_ARGUMENT = { type: () => ID, description: 'The account.' };

@Resolver(() => ImapAccount)
export class ImapAccountResolver {
  constructor(private readonly accounts: ImapAccountService) {}

  @Query(() => [ImapAccount], { description: "The organization's IMAP accounts, by name." })
  imapAccounts(@Context('caller') caller: Caller) {
    return this.accounts.list(caller.organizationId);
  }

  @Query(() => ImapAccount, { description: 'One IMAP account: where its synchronisation is, folder by folder.' })
  imapAccount(@Context('caller') caller: Caller, @Args('id', ID_ARGUMENT) id: string) {
    return this.accounts.read(caller.organizationId, id);
  }

  @Mutation(() => ImapAccount, {
    description:
      'Makes an account; its synchronisation begins within about two seconds. CONFLICT without a secret key.',
  })
  createImapAccount(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => CreateImapAccountInput, description: 'The account as it shall be.' })
    input: CreateImapAccountInput,
  ) {
    return this.accounts.create(caller.organizationId, input);
  }

  @Mutation(() => ImapAccount, {
    description: 'Changes an account, and starts one anew whose credentials were refused.',
  })
  updateImapAccount(
    @Context('caller') caller: Caller,
    @Args('id', ID_ARGUMENT) id: string,
    @Args('input', { type: () => UpdateImapAccountInput, description: 'What shall change.' })
    input: UpdateImapAccountInput,
  ) {
    return this.accounts.update(caller.organizationId, id, input);
  }

  @Mutation(() => ImapAccount, { description: 'Takes nothing more from it; what was taken goes on.' })
  pauseImapAccount(@Context('caller') caller: Caller, @Args('id', ID_ARGUMENT) id: string) {
    return this.accounts.setPaused(caller.organizationId, id, true);
  }

  @Mutation(() => ImapAccount, { description: 'Goes on where it was; also tries refused credentials once more.' })
  resumeImapAccount(@Context('caller') caller: Caller, @Args('id', ID_ARGUMENT) id: string) {
    return this.accounts.setPaused(caller.organizationId, id, false);
  }

  @Mutation(() => ImapAccount, {
    description: 'Compares the server with what was taken, now; `folders { proof reconciledAt }` has the result soon.',
  })
  reconcileImapAccount(@Context('caller') caller: Caller, @Args('id', ID_ARGUMENT) id: string) {
    return this.accounts.reconcile(caller.organizationId, id);
  }

  @Mutation(() => ImapAccount, {
    description: 'Removes an account; answers with it as it was. Messages stay, here and on the server.',
  })
  deleteImapAccount(@Context('caller') caller: Caller, @Args('id', ID_ARGUMENT) id: string) {
    return this.accounts.remove(caller.organizationId, id);
  }

  @ResolveField(() => Int, { description: 'Messages on the server that wait to be taken.' })
  behind(@Parent() { folders }: ImapAccountRecord) {
    return folders.reduce((sum, { behind }) => sum + behind, 0);
  }

  @ResolveField(() => ImapActions, { description: 'What the server is told of messages.' })
  actions(@Parent() { actions }: ImapAccountRecord): ImapActions {
    return Object.fromEntries(Object.entries(actions).map(([status, action]) => [status.toLowerCase(), action]));
  }

  @ResolveField(() => [ImapSkippedMessage], { description: 'What was not taken and why, the 100 newest.' })
  skipped(@Context('caller') caller: Caller, @Parent() { id }: ImapAccountRecord) {
    return this.accounts.skipped(caller.organizationId, id);
  }

  @ResolveField(() => [ImapUnfinishedAction], { description: 'The 100 newest.' })
  async unfinishedActions(@Context('caller') caller: Caller, @Parent() { id }: ImapAccountRecord) {
    const actions = await this.accounts.unfinishedActions(caller.organizationId, id);
    return actions.map((action) => ({ ...action, failed: action.state === 'failed' }));
  }
}

@Resolver(() => ImapFolderProof)
export class ImapFolderProofResolver {
  @ResolveField(() => Boolean, { description: 'Nothing missing, doubled or unaccounted for, and the sum is right.' })
  proven(@Parent() proof: FolderProof) {
    return isProven(proof);
  }
}
