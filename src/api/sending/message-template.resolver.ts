import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { MessageTemplateRecord } from '../../adapters/outgoing/message-templates.js';
import { contentFields } from '../../domain/outgoing/message-template.js';
import type { Caller } from '../graphql/caller.js';
import { JsonScalar } from '../graphql/scalars.js';
import { MessageTemplateService } from './message-template.service.js';
import { MessageTemplate, MessageTemplateInput, MessageTemplatePreview } from './message-template.types.js';

const TemplateId = () => Args('id', { type: () => ID, description: 'The template.' });

@Resolver(() => MessageTemplate)
export class MessageTemplateResolver {
  constructor(private readonly templates: MessageTemplateService) {}

  @Query(() => [MessageTemplate], { description: "The organization's templates for messages, by name." })
  messageTemplates(@Context('caller') caller: Caller) {
    return this.templates.list(caller.organizationId);
  }

  @Query(() => [MessageTemplate], {
    description: 'Every version of a template, newest first, also of one that was removed.',
  })
  messageTemplateVersions(@Context('caller') caller: Caller, @TemplateId() id: string) {
    return this.templates.versions(caller.organizationId, id);
  }

  @Query(() => MessageTemplatePreview, { description: 'A template with fields filled, as a sending would.' })
  previewMessageTemplate(
    @Context('caller') caller: Caller,
    @TemplateId() id: string,
    @Args('mergeFields', { type: () => JsonScalar, nullable: true, description: 'By name.' }) mergeFields: unknown,
    @Args('version', { type: () => Int, nullable: true, description: 'The newest where it is left out.' })
    version: number | null,
  ) {
    return this.templates.preview(caller.organizationId, id, version ?? null, mergeFields);
  }

  @ResolveField(() => [String], { description: 'Fields that it asks for.' })
  fields(@Parent() template: MessageTemplateRecord): string[] {
    return [...contentFields(template).fields];
  }

  @Mutation(() => MessageTemplate, {
    description: 'Adds a template for messages, or a version of one. What was sent names its own version.',
  })
  saveMessageTemplate(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => MessageTemplateInput, description: 'The template.' }) input: MessageTemplateInput,
  ) {
    return this.templates.save(caller, input);
  }

  @Mutation(() => Boolean, { description: 'Takes a template out of use; false where there is none.' })
  removeMessageTemplate(@Context('caller') caller: Caller, @TemplateId() id: string): Promise<boolean> {
    return this.templates.remove(caller, id);
  }
}
