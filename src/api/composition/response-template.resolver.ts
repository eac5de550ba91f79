import { Args, Context, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { OwnTemplate } from '../../domain/response-template.js';
import type { Caller } from '../graphql/caller.js';
import { ResponseTemplateService } from './response-template.service.js';
import { ResponseTemplate, ResponseTemplateInput } from './response-template.types.js';

@Resolver(() => ResponseTemplate)
export class ResponseTemplateResolver {
  constructor(private readonly templates: ResponseTemplateService) {}

  @Query(() => [ResponseTemplate], {
    name: 'responseTemplates',
    description:
      "Templates for answers of the organization's own, by name; those that are built in are not among them.",
  })
  list(@Context('caller') caller: Caller): Promise<OwnTemplate[]> {
    return this.templates.list(caller.organizationId);
  }

  @Mutation(() => ResponseTemplate, {
    description:
      'Adds a template, or replaces one; `responseTemplates` of the next run knows it. BAD_USER_INPUT names each wrong ' +
      'slot and those that there are.',
  })
  saveResponseTemplate(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => ResponseTemplateInput, description: 'The template.' }) input: ResponseTemplateInput,
  ): Promise<OwnTemplate> {
    return this.templates.save(caller.organizationId, input);
  }

  @Mutation(() => Boolean, {
    description: 'Removes a template and what was learned of its use; false where there is none.',
  })
  removeResponseTemplate(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The template.' }) id: string,
  ): Promise<boolean> {
    return this.templates.remove(caller.organizationId, id);
  }

  @Mutation(() => Boolean, {
    description:
      'Says that a template was used for a message: in like situations (type, intent, language) it ranks higher from ' +
      'the next run on. One a message: another one replaces it. False where that was known.',
  })
  useTemplate(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: 'The incoming message that was answered.' }) messageId: string,
    @Args('templateId', {
      type: () => ID,
      description: 'As `responseTemplates` of its run names it: one of your own, or one that is built in.',
    })
    templateId: string,
  ): Promise<boolean> {
    return this.templates.use(caller.viewer, messageId, templateId);
  }
}
