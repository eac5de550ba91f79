import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../adapters/audit/audit.js';
import { Database, type Sql } from '../../adapters/database/database.js';
import {
  findMessageTemplates,
  readMessageTemplates,
  readTemplateVersions,
  removeMessageTemplate,
  saveMessageTemplate,
  type MessageTemplateRecord,
} from '../../adapters/outgoing/message-templates.js';
import { domainInAscii } from '../../adapters/outgoing/recipient-address.js';
import { readDomains } from '../../adapters/organizations/domains.js';
import {
  contentFields,
  fillContent,
  MOST_MESSAGE_TEMPLATES,
  messageTemplateProblems,
} from '../../domain/outgoing/message-template.js';
import type { Caller } from '../graphql/caller.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { readNamedAddress } from './mail-address.js';
import { readMergeFields } from './merge-values.js';
import type { MessageTemplateInput, MessageTemplatePreview } from './message-template.types.js';

@Injectable()
export class MessageTemplateService {
  constructor(private readonly database: Database) {}

  list(organizationId: string): Promise<MessageTemplateRecord[]> {
    return this.database.withOrganization(organizationId, readMessageTemplates);
  }

  /** Every version of one, newest first; empty where there is none. */
  async versions(organizationId: string, id: string): Promise<MessageTemplateRecord[]> {
    return isUuid(id) ? this.database.withOrganization(organizationId, (sql) => readTemplateVersions(sql, id)) : [];
  }

  /** @throws ApiError BAD_USER_INPUT, NOT_FOUND for the id, CONFLICT for a name that is taken or where there are too many */
  async save(caller: Caller, { id, ...input }: MessageTemplateInput): Promise<MessageTemplateRecord> {
    if (id != null && !isUuid(id)) throw noTemplate(id);
    const draft = {
      name: input.name.trim(),
      language: input.language.trim().toLowerCase(),
      subject: input.subject.trim(),
      text: input.text?.replace(/\r\n?/g, '\n') ?? null,
      html: input.html?.replace(/\r\n?/g, '\n') ?? null,
      defaultFrom: input.defaultFrom?.trim() || null,
    };
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const problems = messageTemplateProblems(draft);
      if (draft.defaultFrom !== null) {
        const from = readNamedAddress(draft.defaultFrom, 'defaultFrom', problems);
        const domains = await readDomains(sql);
        if (from !== null && !domains.some(({ name }) => domainInAscii(name) === from.destination)) {
          problems.push({ field: 'defaultFrom', problem: `${from.destination} is no domain of the organization` });
        }
      }
      if (problems.length > 0) throw wrongInput(problems);
      const actor = `token ${caller.viewer.name}`;
      const saved = await saveMessageTemplate(sql, id ?? null, draft, actor);
      if (saved === 'gone') throw noTemplate(id ?? '');
      if (saved === 'taken') {
        throw new ApiError('CONFLICT', `there is a template ${JSON.stringify(draft.name)} in that language already`);
      }
      if (saved === 'tooMany') {
        throw new ApiError('CONFLICT', `there are ${MOST_MESSAGE_TEMPLATES} templates already: remove one first`);
      }
      await this.#audit(sql, caller, 'messageTemplate.save', saved.id, { name: saved.name, version: saved.version });
      return saved;
    });
  }

  async remove(caller: Caller, id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const removed = await removeMessageTemplate(sql, id);
      if (removed) await this.#audit(sql, caller, 'messageTemplate.remove', id, null);
      return removed;
    });
  }

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT for the fields */
  async preview(
    organizationId: string,
    id: string,
    version: number | null,
    mergeFields: unknown,
  ): Promise<MessageTemplatePreview> {
    if (!isUuid(id)) throw noTemplate(id);
    const found = await this.database.withOrganization(organizationId, (sql) =>
      version === null ? findMessageTemplates(sql, { id }) : readTemplateVersions(sql, id),
    );
    const template = version === null ? found[0] : found.find((one) => one.version === version);
    if (template === undefined) throw noTemplate(id);
    const read = readMergeFields(mergeFields, null);
    if ('problem' in read) throw wrongInput([{ field: 'mergeFields', problem: read.problem }]);
    return { ...fillContent(template, read.fields), fields: [...contentFields(template).fields] };
  }

  #audit(sql: Sql, caller: Caller, action: string, id: string, after: { name: string; version: number } | null) {
    return recordAudit(sql, {
      organizationId: caller.organizationId,
      actor: `token ${caller.viewer.name}`,
      address: caller.clientAddress,
      action,
      objectKind: 'messageTemplate',
      objectId: id,
      ...(after === null ? {} : { after }),
    });
  }
}

const noTemplate = (id: string) => new ApiError('NOT_FOUND', `there is no message template ${id.slice(0, 60)}`);
