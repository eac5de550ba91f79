import { z } from 'zod';
import type { ProviderEndpoint, Transcriber } from '../ai/capability.js';
import { askForJson } from '../translation/http-answer.js';
import { asWav, decodeAudio } from './decode-audio.js';

const SEGMENT = z.object({ avg_logprob: z.number().optional(), no_speech_prob: z.number().optional() });
/** `json` and `verbose_json` of the transcription endpoint; servers of others leave out what they do not know. */
const TRANSCRIPT = z.object({
  text: z.string().max(200_000),
  language: z.string().nullish(),
  segments: z.array(SEGMENT).nullish(),
});

/** Names that are shown to the service, so that it writes them as they are written. */
const MOST_NAMES = 40;
const UNSURE = 0.5;

/** The names that Whisper gives languages by, of those that mail here is written in most. */
const CODES: Readonly<Record<string, string>> = {
  english: 'en',
  german: 'de',
  french: 'fr',
  spanish: 'es',
  italian: 'it',
  portuguese: 'pt',
  dutch: 'nl',
  polish: 'pl',
  catalan: 'ca',
  russian: 'ru',
  ukrainian: 'uk',
  swedish: 'sv',
  danish: 'da',
  norwegian: 'no',
  finnish: 'fi',
  czech: 'cs',
  turkish: 'tr',
  japanese: 'ja',
  chinese: 'zh',
};

/** Speech to text by an endpoint that speaks OpenAI's `POST /audio/transcriptions`. */
export function createOpenAiTranscriber(endpoint: ProviderEndpoint): Transcriber {
  return {
    async transcribe(audio, _contentType, signal, names = []) {
      const { samples, seconds } = await decodeAudio(audio, signal);
      const form = new FormData();
      const wav = asWav(samples);
      form.set('file', new Blob([new Uint8Array(wav)], { type: 'audio/wav' }), 'recording.wav');
      form.set('model', endpoint.model ?? 'whisper-1');
      form.set('response_format', 'verbose_json');
      if (names.length > 0) form.set('prompt', names.slice(0, MOST_NAMES).join(', '));
      const headers: Record<string, string> = endpoint.key === null ? {} : { authorization: `Bearer ${endpoint.key}` };
      const at = { ...endpoint, baseUrl: endpoint.baseUrl ?? 'https://api.openai.com/v1' };
      const request = { method: 'POST', headers, body: form };
      const { text, language, segments } = await askForJson(at, '/audio/transcriptions', request, TRANSCRIPT, signal);
      return {
        text: text.trim(),
        language: codeOf(language),
        confidence: confidenceOf(segments ?? []),
        seconds,
        quality: 'dictation',
      };
    },
  };
}

function codeOf(language: string | null | undefined): string | null {
  if (!language) return null;
  const known = language.toLowerCase();
  return CODES[known] ?? (/^[a-z]{2}$/.test(known) ? known : null);
}

/** The mean probability of a token, by the service's own figures, less what it takes for silence. */
function confidenceOf(segments: z.infer<typeof SEGMENT>[]): number {
  const told = segments.flatMap(({ avg_logprob: logProbability, no_speech_prob: silence = 0 }) =>
    logProbability === undefined
      ? []
      : [Math.exp(Math.min(0, logProbability)) * (1 - Math.min(1, Math.max(0, silence)))],
  );
  return told.length === 0 ? UNSURE : told.reduce((sum, one) => sum + one, 0) / told.length;
}
