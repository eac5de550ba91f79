import type { AiSession } from '../adapters/ai/ai-access.js';
import type { ProviderAnswers } from '../domain/ai-answers.js';
import type { EffectiveAi } from '../domain/ai-settings.js';
import { namesOf } from '../engines/prompts/prompt-mail.js';
import type { AiActivityDeps } from './ai.activities.js';
import { translationQuestion, type LanguagePair } from './ai-questions.js';
import type { RunContext } from './run-context.js';

/**
 * Subject and new text of a message as a provider translates them; `unsupported` where it has not that pair.
 *
 * @returns `whole`: no paragraph stayed as it was because it failed. A pair that is missing may be installed tomorrow: that
 *   is no answer for another message
 * @throws ProviderFailure where nothing at all could be translated
 */
export async function translatedMail(
  { translate }: Pick<AiActivityDeps, 'translate'>,
  context: RunContext,
  applies: EffectiveAi,
  session: AiSession,
  { from, to }: LanguagePair,
  signal: AbortSignal,
): Promise<{ answer: ProviderAnswers['translation']; whole: boolean }> {
  const translator = session.translator((texts, source, target) =>
    translationQuestion(context, applies, texts, source, target),
  );
  const { subject, newText } = context.parsed;
  const mail = { subject, newText, names: namesOf(context.parsed), from, to };
  if (!(await translator.supports(from, to, signal))) return { answer: { unsupported: { from, to } }, whole: false };
  const translation = await translate(translator, mail, signal);
  const paragraphs = translation.paragraphs.map(({ text, status, separator, reason }) => ({
    text,
    status,
    separator,
    ...(reason === undefined ? {} : { reason }),
  }));
  return {
    answer: { from, to, quality: translator.quality, subject: translation.subject, paragraphs, cut: translation.cut },
    whole: paragraphs.every(({ status }) => status !== 'failed'),
  };
}
