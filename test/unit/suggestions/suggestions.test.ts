import { describe, expect, it } from 'vitest';
import type { ContentAnalysisOutcome, MailOrigin, PredictiveActionsOutcome } from '../../../src/domain/outcomes.js';
import type { ParsedMessage } from '../../../src/domain/parsed-message.js';
import type { NotificationFacts } from '../../../src/engines/suggestions/notifications.js';
import { notificationsFor } from '../../../src/engines/suggestions/notifications.js';
import { RESPONSE_TEMPLATES, TEMPLATE_LANGUAGES } from '../../../src/engines/suggestions/response-templates.js';
import type { ActionFacts } from '../../../src/engines/suggestions/suggest-actions.js';
import { suggestActions } from '../../../src/engines/suggestions/suggest-actions.js';
import { suggestResponses } from '../../../src/engines/suggestions/suggest-responses.js';
import { address, attachment, parsedMessage } from '../../support/parsed-message.js';

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
const prediction = (fields: Partial<PredictiveActionsOutcome> = {}): PredictiveActionsOutcome => ({
  replyNeeded: { probability: 0.9, reasons: ['it asks'] },
  dueAt: null,
  dueText: null,
  archive: { probability: 0.1, reasons: ['most mail is worth a look'] },
  ...fields,
});

describe('suggesting actions', () => {
  const suggest = (fields: Partial<ActionFacts>) => {
    const facts: ActionFacts = {
      parsed: parsedMessage(),
      content: content(),
      origin: 'person',
      prediction: prediction(),
      routing: null,
      findings: [],
      disposition: 'deliver',
      timeZone: 'America/New_York',
      ...fields,
    };
    return suggestActions(facts).outcome.suggestions;
  };
  const actions = (fields: Partial<ActionFacts>) => suggest(fields).map(({ action }) => action);

  it('suggests what the prediction and the mail call for, likeliest first', () => {
    expect(actions({})).toEqual(['reply']);
    const headers = [{ name: 'List-Unsubscribe', value: '<https://shop.example/leave>' }];
    const archive = { probability: 0.9, reasons: ['it is bulk mail'] };
    expect(
      actions({ origin: 'bulk', parsed: parsedMessage({ headers }), prediction: prediction({ archive }) }),
    ).toEqual(['archive', 'unsubscribe']);
    expect(
      actions({ parsed: parsedMessage({ attachments: [attachment({ contentType: 'text/calendar' })] }) }),
    ).toContain('addToCalendar');
  });

  it('names the due day as it is in the organization', () => {
    const due = prediction({ dueAt: '2026-03-07T04:59:00.000Z', dueText: 'by Friday' });
    expect(suggest({ prediction: due }).find(({ action }) => action === 'createTask')?.label).toBe(
      'Create a task due 2026-03-06',
    );
  });

  it('suggests to forward what belongs elsewhere by experience', () => {
    const proposed = { mailboxId: 'b', mailbox: 'Billing', probability: 0.8 };
    const here = { recipient: 'a@example.org', mailboxId: 'a', mailbox: 'A', rule: null, explanation: '' };
    expect(actions({ routing: { routes: [here], proposed } })).toContain('forward');
    expect(actions({ routing: { routes: [{ ...here, mailboxId: 'b' }], proposed } })).not.toContain('forward');
  });

  it('never suggests to answer what was not delivered, but to report deceit', () => {
    const findings = [
      { code: 'sender.lookalike', severity: 'high', score: 0.8, explanation: 'it looks like your own domain' } as const,
    ];
    expect(actions({ findings, disposition: 'quarantine' })).toEqual(['reportPhishing', 'reject']);
    expect(actions({ disposition: 'hold' })).toEqual(['release']);
  });
});

describe('suggesting responses', () => {
  const respond = (
    fields: Partial<ParsedMessage>,
    analysed = content(),
    language = 'en',
    origin: MailOrigin = 'person',
    dueAt: string | null = null,
  ) => suggestResponses(parsedMessage(fields), analysed, language, origin, { ...prediction(), dueAt }, 'Europe/Berlin');

  it('fills the slots from the message', () => {
    const entities = [{ kind: 'identifier', text: 'RE-17', value: 'invoice:RE-17', confidence: 0.9 } as const];
    const invoice = content({ type: 'invoice', entities });
    const [best] = respond({ subject: 'Re: [shop] Invoice RE-17' }, invoice, 'en', 'person', '2026-03-06T22:59:00.000Z')
      .outcome.templates;
    expect(best?.id).toBe('invoiceReceived');
    expect(best?.text).toBe(
      'Hello Jane Doe,\n\nwe have received your invoice (RE-17) and pass it on for payment by 6 March.\n\nKind regards',
    );
  });

  it('leaves out what the message does not tell', () => {
    const [best] = respond({ from: [address('x@example.net', '')] }, content({ type: 'complaint' }), 'de').outcome
      .templates;
    expect(best?.text).toMatch(/^Guten Tag,\n\nes tut uns leid, dass Sie Ärger hatten\./);
    expect(best?.text).not.toMatch(/[[\]{}]/);
  });

  it('puts in what a hostile message says as text only', () => {
    const { templates } = respond({
      subject: '{name} [x] $& {identifier}',
      from: [address('x@example.net', 'Joe\r\nBcc: all')],
    }).outcome;
    const acknowledgement = templates.find(({ id }) => id === 'acknowledge')?.text ?? '';
    expect(acknowledgement).toContain('about "{name} [x] $& {identifier}"');
    expect(acknowledgement).toMatch(/^Hello,/);
  });

  it('passes no link and no line of a hostile message on', () => {
    const entities = [
      { kind: 'identifier', text: `A1\r\nhttps://evil.example/x ${'9'.repeat(99)}`, value: 'order:A1', confidence: 1 },
    ] as const;
    const { templates } = respond(
      { subject: 'Pay at https://evil.example/pay or www.evil.example now' },
      content({ entities: [...entities], questions: ['See evil.com/login?\nOk?'] }),
    ).outcome;
    const text = templates.map((template) => template.text).join('\n');
    expect(text).toContain('about "Pay at or now"');
    expect(text).not.toMatch(/evil|9{60}/);
  });

  it('answers in the language of the mail, else in English with less confidence', () => {
    const spanish = respond({}, content(), 'es');
    const polish = respond({}, content(), 'pl');
    expect(spanish.outcome.templates[0]?.text).toMatch(/^Hola, Jane Doe:/);
    expect(polish.outcome.templates[0]?.text).toMatch(/^Hello Jane Doe,/);
    expect(polish.confidence).toBeLessThan(spanish.confidence);
  });

  it('never answers a machine', () => {
    for (const origin of ['bounce', 'autoReply', 'bulk'] as const) {
      expect(respond({}, content(), 'en', origin).outcome.templates).toEqual([]);
    }
    expect(respond({ from: [address('no-reply@example.net', 'Shop')] }).outcome.templates).toEqual([]);
    expect(respond({ from: [] }).outcome.templates).toEqual([]);
    expect(respond({}, content({ type: 'newsletter' })).outcome.templates).toEqual([]);
  });

  it('has every template whole in every language', () => {
    for (const { id, title, body } of RESPONSE_TEMPLATES) {
      for (const language of TEMPLATE_LANGUAGES) {
        expect(title[language], id).not.toBe('');
        const slots = (text: string) =>
          [...text.matchAll(/\{(\w+)\}/g)].map(([, slot = '']) => slot).sort((a, b) => a.localeCompare(b));
        expect(slots(body[language]), `${id} ${language}`).toEqual(slots(body.en));
      }
    }
  });
});

describe('notifying people', () => {
  const notify = (fields: Partial<NotificationFacts>) =>
    notificationsFor({
      parsed: parsedMessage({ subject: 'Server down' }),
      content: content(),
      prediction: null,
      disposition: 'deliver',
      reason: 'nothing speaks against it',
      mailboxes: [
        { name: 'Support', members: ['ann', 'bob'] },
        { name: 'Sales', members: ['bob', 'cleo'] },
      ],
      now: new Date('2026-03-02T09:00:00Z'),
      ...fields,
    }).outcome.notified;

  it('tells nobody of ordinary and of refused mail', () => {
    expect(notify({})).toEqual([]);
    expect(notify({ disposition: 'reject' })).toEqual([]);
  });

  it('tells each member once of what is urgent, held or in quarantine, and why', () => {
    const urgent = notify({ content: content({ priority: 'urgent', priorityReasons: ['the subject says "down"'] }) });
    expect(urgent.map(({ recipient }) => recipient)).toEqual(['ann', 'bob', 'cleo']);
    expect(urgent[0]).toEqual({
      kind: 'urgent',
      recipient: 'ann',
      text: 'Support: "Server down" of jane.doe@example.net is urgent: the subject says "down"',
    });
    expect(notify({ disposition: 'hold', reason: 'parsing failed' })[0]).toMatchObject({ kind: 'held' });
    expect(notify({ disposition: 'quarantine', reason: 'spam', content: null })[0]?.text).toContain(
      'is in quarantine: spam',
    );
  });

  it('tells of what is due within a day', () => {
    const due = (dueAt: string) => notify({ prediction: { dueAt, dueText: 'tonight' } }).map(({ kind }) => kind);
    expect(due('2026-03-02T20:00:00Z')).toEqual(['dueSoon', 'dueSoon', 'dueSoon']);
    expect(due('2026-03-09T20:00:00Z')).toEqual([]);
  });
});
