import type { Sql } from '../../adapters/database/database.js';
import { findMessageTemplates, type MessageTemplateRecord } from '../../adapters/outgoing/message-templates.js';
import type { Problem } from '../../domain/problem.js';
import { isUuid } from '../graphql/uuid.js';

/** The template that a sending names. */
export interface ChosenTemplate {
  asked: boolean;
  /** Null where none was asked for, or a problem says why there is none. */
  content: MessageTemplateRecord | null;
  problems: Problem[];
}

/** Finds a template by id or by name, in the language that is asked for or the only one that it has. */
export async function chooseTemplate(sql: Sql, name: string | null, language: string | null): Promise<ChosenTemplate> {
  if (name === null) {
    const problem = { field: 'templateLanguage', problem: 'goes with template' };
    return { asked: false, content: null, problems: language === null ? [] : [problem] };
  }
  const found = await findMessageTemplates(sql, isUuid(name) ? { id: name } : { name: name.trim() });
  const fitting = language === null ? found : found.filter((template) => template.language === language.toLowerCase());
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return { asked: true, content: only, problems: [] };
  const shown = JSON.stringify(name.slice(0, 80));
  const languages = found.map((template) => template.language).join(', ');
  const problem =
    found.length === 0
      ? { field: 'template', problem: `there is no template ${shown}` }
      : fitting.length === 0
        ? { field: 'templateLanguage', problem: `the template ${shown} is there in ${languages}` }
        : { field: 'templateLanguage', problem: `must be given: the template ${shown} is there in ${languages}` };
  return { asked: true, content: null, problems: [problem] };
}
