import type { AnsweredBy, AskedCapability } from './ai.js';
import type { AnalysisProposal, SummaryProposal } from './ai-proposals.js';
import type { VectorAnswer } from './embedding.js';
import type { TranslationOutcome, VoiceOutcome } from './outcomes.js';

/** A provider has not that pair of languages. */
export interface UnsupportedPair {
  unsupported: { from: string; to: string };
}

export type StoredTranslation = Omit<TranslationOutcome, 'answeredBy'>;

/** What a provider's answer is made of, by what it was asked. */
export interface ProviderAnswers {
  contentAnalysis: AnalysisProposal;
  summary: SummaryProposal;
  translation: StoredTranslation | UnsupportedPair;
  voice: Omit<VoiceOutcome, 'answeredBy'>;
  embedding: VectorAnswer;
}

export interface StoredAnswer<Capability extends AskedCapability> {
  answer: ProviderAnswers[Capability];
  answeredBy: AnsweredBy;
}

/** What was answered for the steps of a run; what cannot be read is not among it. */
export type StoredAnswers = { [Capability in AskedCapability]?: StoredAnswer<Capability> };
