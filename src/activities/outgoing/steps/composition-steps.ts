import type { AnsweredMessage } from '../../../adapters/outgoing/answered-message.js';
import { LONGEST_ANSWERED, LONGEST_CONTEXT, MOST_COMPLETIONS, type Completion } from '../../../domain/composition.js';
import type { CompositionStep } from '../../../domain/outgoing/outgoing-pipeline.js';
import type { ParsedMessage } from '../../../domain/parsed-message.js';
import { RESPONSES_ENGINE, suggestResponses } from '../../../engines/suggestions/suggest-responses.js';
import type { MailsInPreparation } from '../mails-in-preparation.js';
import type { OutgoingContext, OutgoingStepOf, OutgoingSteps } from '../outgoing-context.js';

const DEADLINE_MS = 40_000;

export interface CompositionDeps {
  mails: MailsInPreparation;
  /** What may stand next in a draft of an author; null where there was no answer in time. */
  predict(
    organizationId: string,
    author: string,
    draft: { text: string; subject: string; answered: string; most: number },
  ): Promise<Completion[] | null>;
  /** The message here with one of these Message-IDs; null where there is none. */
  readAnswered(organizationId: string, ids: readonly string[]): Promise<AnsweredMessage | null>;
  parse(bytes: Buffer): Promise<ParsedMessage>;
}

/** Help with what is being written, for who asked for it: it is shown with the run and changes nothing that leaves. */
export function compositionSteps(deps: CompositionDeps): Pick<OutgoingSteps, CompositionStep> {
  const base = { deadlineMs: DEADLINE_MS, input: () => null };
  const answeredBy = async (context: OutgoingContext, parsed: ParsedMessage) => {
    const ids = [...parsed.inReplyTo, ...parsed.references.slice(-1)];
    const answered = ids.length === 0 ? null : await deps.readAnswered(context.run.organizationId, ids);
    return answered === null ? null : { ...answered, parsed: await deps.parse(answered.bytes) };
  };

  const predictiveText: OutgoingStepOf<'predictiveText'> = {
    ...base,
    name: 'predictiveText',
    engine: { engine: 'phrases', version: '1' },
    async run(context) {
      const { parsed } = await deps.mails.load(context);
      const answered = await answeredBy(context, parsed);
      const completions = await deps.predict(context.run.organizationId, parsed.from[0]?.address ?? '', {
        text: parsed.newText.trimEnd().slice(-LONGEST_CONTEXT),
        subject: parsed.subject,
        answered:
          answered?.parsed.protection === undefined ? (answered?.parsed.newText ?? '').slice(0, LONGEST_ANSWERED) : '',
        most: MOST_COMPLETIONS,
      });
      if (completions === null) {
        return { outcome: { suggestions: [] }, ...unavailable('there was no answer in time') };
      }
      const likely = 1 - completions.reduce((rest, { probability }) => rest * (1 - probability), 1);
      return { outcome: { suggestions: completions.map(({ text }) => text) }, confidence: likely };
    },
  };

  const templateSuggestions: OutgoingStepOf<'templateSuggestions'> = {
    ...base,
    name: 'templateSuggestions',
    engine: RESPONSES_ENGINE,
    async run(context) {
      const { parsed } = await deps.mails.load(context);
      const answered = await answeredBy(context, parsed);
      const content = answered?.message.outcome('contentAnalysis') ?? null;
      if (answered === null || content === null) {
        const message =
          answered === null ? 'it answers no message that is here' : 'the message that it answers was not analysed';
        return {
          outcome: { templates: [] },
          confidence: 0,
          status: 'UNAVAILABLE',
          error: { code: 'NOT_ANSWERING', message },
        };
      }
      const { outcome, confidence } = suggestResponses(
        answered.parsed,
        content,
        answered.message.outcome('languageDetection')?.language ?? 'unknown',
        answered.message.outcome('parsing')?.origin ?? 'person',
        answered.message.outcome('predictiveActions'),
        context.organization.timeZone,
        { templates: answered.templates, uses: answered.uses },
      );
      const templates = outcome.templates.map(({ id, title, explanation }) => ({
        id,
        name: title,
        reason: explanation,
      }));
      return { outcome: { templates }, confidence };
    },
  };

  const translation: OutgoingStepOf<'translation'> = {
    ...base,
    name: 'translation',
    engine: NOBODY,
    run: ({ facts }) => ({
      outcome: { language: facts.options.translateTo ?? '', text: null },
      ...unavailable('outgoing mail is not translated yet; it leaves as it was written'),
    }),
  };

  const voiceInput: OutgoingStepOf<'voiceInput'> = {
    ...base,
    name: 'voiceInput',
    engine: NOBODY,
    run: () => ({
      outcome: { text: null },
      ...unavailable('recordings in outgoing mail are not transcribed yet; they leave as attachments'),
    }),
  };
  return { predictiveText, translation, templateSuggestions, voiceInput };
}

const NOBODY = { engine: 'none', version: '1' };

const unavailable = (message: string) => ({
  confidence: 0,
  status: 'UNAVAILABLE' as const,
  error: { code: 'NOT_AVAILABLE', message },
});
