import { Injectable } from '@nestjs/common';
import {
  listOwnTemplates,
  readSituation,
  recordTemplateUse,
  removeOwnTemplate,
  saveOwnTemplate,
} from '../../adapters/composition/response-templates.js';
import { Database } from '../../adapters/database/database.js';
import { readStoredLabels } from '../../adapters/learning/learned-models.js';
import { typeLabels } from '../../domain/correction.js';
import { MOST_TEMPLATES, templateProblems, type OwnTemplate } from '../../domain/response-template.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import type { ResponseTemplateInput } from './response-template.types.js';

@Injectable()
export class ResponseTemplateService {
  constructor(private readonly database: Database) {}

  list(organizationId: string): Promise<OwnTemplate[]> {
    return this.database.withOrganization(organizationId, listOwnTemplates);
  }

  /** @throws ApiError BAD_USER_INPUT, NOT_FOUND for the id, CONFLICT for a name that is taken or where there are too many */
  async save(organizationId: string, { id, ...input }: ResponseTemplateInput): Promise<OwnTemplate> {
    if (id != null && !isUuid(id)) throw noTemplate(id);
    return this.database.withOrganization(organizationId, async (sql) => {
      const names = typeLabels(await readStoredLabels(sql)).map(({ name }) => name);
      const template = {
        name: input.name.trim(),
        language: input.language.trim().toLowerCase(),
        subject: input.subject?.trim() || null,
        body: input.body.replace(/\r\n?/g, '\n'),
        types: [...new Set(input.types)],
        intents: [...new Set(input.intents)],
        words: [...new Set((input.words ?? []).map((word) => word.trim()))],
      };
      const problems = templateProblems(template, names);
      if (problems.length > 0) throw wrongInput(problems);
      const saved = await saveOwnTemplate(sql, id ?? null, template);
      if (saved === 'gone') throw noTemplate(id ?? '');
      if (saved === 'taken')
        throw new ApiError('CONFLICT', `there is a template ${JSON.stringify(template.name)} in that language already`);
      if (saved === 'tooMany')
        throw new ApiError('CONFLICT', `there are ${MOST_TEMPLATES} templates already: remove one first`);
      return saved;
    });
  }

  async remove(organizationId: string, id: string): Promise<boolean> {
    return isUuid(id) && this.database.withOrganization(organizationId, (sql) => removeOwnTemplate(sql, id));
  }

  /**
   * @returns whether it is new
   * @throws ApiError NOT_FOUND for the message or the template, CONFLICT for a message that was not analysed yet
   */
  async use({ organizationId, name }: Viewer, messageId: string, templateId: string): Promise<boolean> {
    if (!isUuid(messageId)) throw noMessage(messageId);
    return this.database.withOrganization(organizationId, async (sql) => {
      const situation = await readSituation(sql, messageId);
      if (situation === null) {
        const [known] = await sql(`select 1 from messages where id = $1 and direction = 'INCOMING'`, [messageId]);
        if (known === undefined) throw noMessage(messageId);
        throw new ApiError('CONFLICT', 'the message was not analysed yet: wait for its run');
      }
      const isKnown =
        situation.suggested.includes(templateId) || (await listOwnTemplates(sql)).some(({ id }) => id === templateId);
      if (!isKnown) throw noTemplate(templateId);
      return recordTemplateUse(sql, messageId, templateId, situation, name);
    });
  }
}

const noTemplate = (id: string) =>
  new ApiError('NOT_FOUND', `there is no template ${id.slice(0, 60)} of your own, and none was suggested by that name`);
const noMessage = (id: string) => new ApiError('NOT_FOUND', `there is no incoming message ${id}`);
