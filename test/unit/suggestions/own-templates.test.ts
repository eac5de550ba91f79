import { describe, expect, it } from 'vitest';
import type { ContentAnalysisOutcome } from '../../../src/domain/outcomes.js';
import {
  fillSlots,
  templateProblems,
  type OwnTemplate,
  type TemplateUse,
} from '../../../src/domain/response-template.js';
import { suggestResponses } from '../../../src/engines/suggestions/suggest-responses.js';
import { address, parsedMessage } from '../../support/parsed-message.js';

const template = (fields: Partial<OwnTemplate> = {}): OwnTemplate => ({
  id: 'own',
  name: 'Ours',
  language: 'en',
  subject: null,
  body: 'Hello {{sender.name}}.',
  types: [],
  intents: [],
  words: [],
  ...fields,
});
const content = (fields: Partial<ContentAnalysisOutcome> = {}): ContentAnalysisOutcome => ({
  type: 'question',
  typeConfidence: 0.8,
  priority: 'normal',
  priorityReasons: [],
  sentiment: 0,
  entities: [],
  questions: [],
  ...fields,
});

describe('slots', () => {
  it('are filled once, with their fallback where there is nothing, and named where neither is there', () => {
    const values = { 'sender.name': '{{amount}} $&', amount: '5 EUR' };
    expect(fillSlots('{{ sender.name }}: {{amount}}, {{order.number|yours}}{{question|}}, {{date}}', values)).toEqual({
      text: '{{amount}} $&: 5 EUR, yours, …',
      missing: ['date'],
    });
  });

  it('are refused by name where there is none such, and where braces do not match', () => {
    const problems = (body: string) => templateProblems(template({ body }), ['question']).map(({ problem }) => problem);
    expect(problems('{{sender.name}} {{date|soon}}')).toEqual([]);
    expect(problems('{{toString}}')[0]).toMatch(/^\{\{toString}} is no slot; there are sender\.name, /);
    expect(problems('{{date')[0]).toMatch(/without the other/);
    expect(problems('')[0]).toMatch(/1 to 3000 characters/);
  });

  it('take no time that grows faster than the text', () => {
    const body = `{{${' '.repeat(1_000)}${'{{x|'.repeat(400)}`;
    expect(templateProblems(template({ body }), []).length).toBeGreaterThan(0);
  });
});

describe('templates of an organization', () => {
  const respond = (templates: OwnTemplate[], analysed = content(), uses: TemplateUse[] = []) => {
    const parsed = parsedMessage({ subject: 'Opening hours', newText: 'When is the LOCK opened?' });
    const { outcome } = suggestResponses(parsed, analysed, 'en', 'person', null, 'UTC', { templates, uses });
    return outcome.templates;
  };
  const scoreOf = (suggested: ReturnType<typeof respond>, id = 'own') =>
    suggested.find((one) => one.id === id)?.score ?? 0;

  it('suit by type, intent, words and language, and say so', () => {
    const analysed = content({ intent: { intent: 'asks', confidence: 0.9, sentence: null } });
    const any = respond([template()], analysed);
    const typed = respond([template({ types: ['Question'] })], analysed);
    const all = respond([template({ types: ['question'], intents: ['asks'], words: ['the lock'] })], analysed);
    expect(scoreOf(typed)).toBeGreaterThan(scoreOf(any));
    expect(scoreOf(all)).toBeGreaterThan(scoreOf(typed));
    expect(all[0]?.explanation).toBe(
      'the mail is of the type question (80 %); the mail asks; it has the words the lock',
    );
    expect(scoreOf(respond([template({ types: ['invoice'] })], analysed))).toBe(0);
    expect(scoreOf(respond([template({ types: ['question'], language: 'fr' })], analysed))).toBeLessThan(
      scoreOf(typed) / 2,
    );
  });

  it('hold what a hostile mail says as one line without links', () => {
    const parsed = parsedMessage({
      subject: 'See https://evil.example/x\r\nBcc: all {{amount}}',
      from: [address('x@example.net', 'Joe\r\nBcc: all')],
    });
    const own = { templates: [template({ types: ['question'], body: '{{sender.name|you}} | {{subject}}' })], uses: [] };
    const { outcome } = suggestResponses(parsed, content(), 'en', 'person', null, 'UTC', own);
    expect(outcome.templates.find(({ id }) => id === 'own')?.text).toBe('you | See Bcc: all {{amount}}');
  });

  it('rank higher where they were used for like mail, built-in ones too', () => {
    const used = (id: string, type: string, count: number) => [
      { template: id, type, intent: null, language: 'en', count },
    ];
    const before = respond([template()]);
    const once = respond([template()], content(), used('own', 'question', 1));
    const often = respond([template()], content(), used('own', 'question', 9));
    const elsewhere = respond([template()], content(), used('own', 'invoice', 9));
    expect(scoreOf(once)).toBeGreaterThan(scoreOf(before));
    expect(scoreOf(often)).toBeGreaterThan(scoreOf(once));
    expect(scoreOf(often)).toBeGreaterThan(scoreOf(elsewhere));
    expect(once.find(({ id }) => id === 'own')?.explanation).toMatch(/; used once for mail of the type question$/);
    const builtIn = respond([template()], content(), used('needMore', 'question', 9));
    expect(builtIn[0]?.id).toBe('needMore');
    expect(scoreOf(builtIn)).toBe(scoreOf(before));
  });
});
