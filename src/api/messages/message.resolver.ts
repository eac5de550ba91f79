import { Args, Context, ID, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { MessageRecord, RecipientRecord } from '../../adapters/messages/read-messages.js';
import type { Caller } from '../graphql/caller.js';
import { AFTER, FIRST } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';
import { Mailbox } from '../mailboxes/mailbox.types.js';
import { Finding, Run } from '../runs/run.types.js';
import { attachmentsOf, MessageService } from './message.service.js';
import { Entity } from './entity.types.js';
import {
  Attachment,
  MailLabel,
  Message,
  MessageConnection,
  MessageFilter,
  Recipient,
  Thread,
} from './message.types.js';

@Resolver(() => Message)
export class MessageResolver {
  constructor(private readonly messages: MessageService) {}

  @Query(() => MessageConnection, { name: 'messages', description: "The organization's messages, newest first." })
  list(
    @Context('caller') caller: Caller,
    @Args('first', { type: () => Int, nullable: true, description: FIRST }) first: number | null,
    @Args('after', { type: () => String, nullable: true, description: AFTER }) after: string | null,
    @Args('filter', { type: () => MessageFilter, nullable: true, description: 'All messages where it is left out.' })
    filter: MessageFilter | null,
  ) {
    return this.messages.list(caller.organizationId, first ?? null, after ?? null, filter ?? {});
  }

  @Query(() => Message, { name: 'message', nullable: true, description: 'One message; null where there is none.' })
  async one(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: "A message's id, not its Message-ID field." }) id: string,
  ) {
    return isUuid(id) ? caller.loaders.message.load(id) : null;
  }

  @ResolveField(() => [Finding], { description: 'What its newest run found, the gravest first.' })
  findings(@Parent() message: MessageRecord, @Context('caller') caller: Caller): Promise<Finding[]> {
    return caller.loaders.currentFindings.load(message.id);
  }

  @ResolveField(() => MailLabel, {
    nullable: true,
    description: 'What kind of message it is, after corrections; null until contentAnalysis has read it.',
  })
  async label(@Parent() message: MessageRecord, @Context('caller') caller: Caller): Promise<MailLabel | null> {
    return (await caller.loaders.mailLabel.load(message.id))?.label ?? null;
  }

  @ResolveField(() => [Entity], {
    description:
      'People, organizations, places, dates, amounts, addresses and numbers; none until contentAnalysis has read it.',
  })
  async entities(@Parent() message: MessageRecord, @Context('caller') caller: Caller) {
    return (await caller.loaders.entities.load(message.id))?.entities ?? [];
  }

  @ResolveField(() => [Run], { description: 'Its runs, first to last.' })
  runs(@Parent() message: MessageRecord, @Context('caller') caller: Caller) {
    return caller.loaders.runs.load(message.id);
  }

  @ResolveField(() => [Recipient], { description: 'The recipients of its envelope, by address.' })
  recipients(@Parent() message: MessageRecord, @Context('caller') caller: Caller): Promise<Recipient[]> {
    return caller.loaders.recipients.load(message.id);
  }

  @ResolveField(() => [String], { description: 'Its labels, by name; rules and people put them there.' })
  async labels(@Parent() message: MessageRecord, @Context('caller') caller: Caller): Promise<string[]> {
    return (await caller.loaders.labels.load(message.id)).map(({ label }) => label);
  }

  @ResolveField(() => [Attachment], { description: 'Its files; none until parsing has read it.' })
  async attachments(@Parent() message: MessageRecord, @Context('caller') caller: Caller): Promise<Attachment[]> {
    return attachmentsOf(await caller.loaders.parsing.load(message.id));
  }

  @ResolveField(() => Thread, { nullable: true, description: 'The conversation that it belongs to.' })
  thread(@Parent() message: MessageRecord, @Context('caller') caller: Caller) {
    return message.threadId === null ? null : caller.loaders.thread.load(message.threadId);
  }

  @ResolveField(() => String, {
    nullable: true,
    description:
      'Its bytes as they are delivered, with our trace fields before them, in base64; above 10 MB read GET /messages/:id/raw.',
  })
  rawSource(@Parent() message: MessageRecord, @Context('caller') caller: Caller): Promise<string | null> {
    return this.messages.rawSource(caller.organizationId, message.id);
  }
}

@Resolver(() => MessageConnection)
export class MessageConnectionResolver {
  constructor(private readonly messages: MessageService) {}

  @ResolveField(() => Int, { description: 'All messages that the filter lets through; counted when asked for.' })
  totalCount(@Parent() connection: MessageConnection, @Context('caller') caller: Caller): Promise<number> {
    return this.messages.count(caller.organizationId, connection.filter);
  }
}

@Resolver(() => Recipient)
export class RecipientResolver {
  @ResolveField(() => Mailbox, { nullable: true, description: 'The mailbox that it is in for this recipient.' })
  mailbox(@Parent() recipient: RecipientRecord, @Context('caller') caller: Caller) {
    return recipient.mailboxId === null ? null : caller.loaders.mailbox.load(recipient.mailboxId);
  }
}

@Resolver(() => Thread)
export class ThreadResolver {
  @ResolveField(() => [Message], { description: 'Its messages, oldest first; 100 at most.' })
  messages(@Parent() thread: Thread, @Context('caller') caller: Caller) {
    return caller.loaders.threadMessages.load(thread.id);
  }
}
