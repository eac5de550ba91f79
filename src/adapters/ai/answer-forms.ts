import { z } from 'zod';
import type { ProviderAnswers } from '../../domain/ai-answers.js';
import { AI_FAILURES, AI_PROVIDERS, DISCLOSURES, type AnsweredBy, type AskedCapability } from '../../domain/ai.js';
import { MAIL_TYPES, PRIORITIES } from '../../domain/outcomes.js';

/**
 * Forms of stored answers. A row may be of an earlier version, or damaged: what does not fit is no answer, and never a
 * crash of the step that reads it. Fields that are not read any more are left out.
 */

const share = z.number().min(0).max(1);
const count = z.number().min(0);
const pair = z.object({ from: z.string(), to: z.string() });

/** Of vectors: fewer bytes are none. */
const LEAST_VECTOR_CHARACTERS = 4;

const FORMS: { [Capability in AskedCapability]: z.ZodType<ProviderAnswers[Capability]> } = {
  contentAnalysis: z.object({
    type: z.enum(MAIL_TYPES),
    typeConfidence: share,
    priority: z.enum(PRIORITIES),
    priorityReason: z.string(),
    sentiment: z.number().min(-1).max(1),
    questions: z.array(z.string()),
    actionItems: z.array(z.string()),
  }),
  summary: z.object({ summary: z.string() }),
  translation: z.union([
    z.object({ unsupported: pair }),
    pair.extend({
      quality: z.enum(['fluent', 'gist']),
      subject: z.string(),
      paragraphs: z.array(
        z.object({
          text: z.string(),
          status: z.enum(['translated', 'kept', 'failed']),
          separator: z.string(),
          reason: z.string().optional(),
        }),
      ),
      cut: z.boolean().optional(),
    }),
  ]),
  voice: z.object({
    recordings: z.array(
      z.object({
        name: z.string().nullable(),
        text: z.string(),
        language: z.string().nullable(),
        confidence: share,
        seconds: count,
        quality: z.enum(['dictation', 'commands']),
      }),
    ),
    unheard: z.array(z.object({ name: z.string().nullable(), reason: z.string() })).optional(),
  }),
  embedding: z.object({ space: z.string().min(1), bytes: z.base64().min(LEAST_VECTOR_CHARACTERS) }),
};

const ANSWERED_BY: z.ZodType<AnsweredBy> = z.object({
  provider: z.enum(AI_PROVIDERS),
  model: z.string().nullable(),
  durationMs: count,
  tokens: z.object({ input: count, output: count }).nullable(),
  cost: count.nullable(),
  disclosure: z.enum(DISCLOSURES),
  insteadOf: z
    .array(z.object({ provider: z.enum(AI_PROVIDERS), failure: z.enum(AI_FAILURES), reason: z.string() }))
    .default([]),
});

/** What a provider answered, as it was stored; null where it does not fit. */
export function readProviderAnswer<Capability extends AskedCapability>(
  capability: Capability,
  value: unknown,
): ProviderAnswers[Capability] | null {
  const read = FORMS[capability].safeParse(value);
  return read.success ? read.data : null;
}

/** Who answered, as it was stored; null where it does not fit. */
export function readAnsweredBy(value: unknown): AnsweredBy | null {
  const read = ANSWERED_BY.safeParse(value);
  return read.success ? read.data : null;
}
