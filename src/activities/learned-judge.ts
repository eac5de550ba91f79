import { exampleLabel, type TrainedKind } from '../domain/correction.js';
import { mergeOpinions, type LearnedOpinion } from '../domain/learned-opinion.js';
import { isBuiltIn, typeLabels } from '../domain/correction.js';
import type { ActionSuggestionsOutcome, ContentAnalysisOutcome } from '../domain/outcomes.js';
import type { ContentJudge } from '../engines/content/analyse-content.js';
import { withLabelWords } from '../engines/content/label-words.js';
import { mailFeatureSource } from '../engines/learning/mail-features.js';
import { opinionOf } from '../engines/learning/organization-model.js';
import { featuresOf, type Features } from '../engines/learning/text-features.js';
import type { RunContext } from './run-context.js';

const features = new WeakMap<RunContext, Features>();

/** Made once a message, and for organizations that have a model alone. */
function featuresOfRun(context: RunContext): Features {
  const known = features.get(context);
  if (known !== undefined) return known;
  const made = featuresOf(mailFeatureSource(context.parsed, context.origin, context.meaning));
  features.set(context, made);
  return made;
}

function opinionsOf(context: RunContext, kind: TrainedKind, concerns?: (label: string) => boolean): LearnedOpinion[] {
  return context.learned
    .filter((applied) => applied.kind === kind)
    .flatMap(({ model, scope, version }): LearnedOpinion[] => {
      const opinion = opinionOf(model, featuresOfRun(context), concerns);
      return opinion === null ? [] : [{ ...opinion, scope, version }];
    });
}

/** What changes with what was learned and with the labels: part of the input of steps that ask. */
export function learnedInput(context: RunContext, ...kinds: TrainedKind[]) {
  return {
    models: context.learned.filter(({ kind }) => kinds.includes(kind)).map(({ revision }) => revision),
    labels: kinds.includes('TYPE') ? context.organization.typeLabels : [],
  };
}

/** The organization's labels and corrections, for the analysis of a run's content. */
export function contentJudge(context: RunContext): ContentJudge {
  const stored = context.organization.typeLabels;
  const off = new Set(typeLabels(stored).flatMap(({ name, enabled }) => (enabled ? [] : [name])));
  const own = new Set(stored.map(({ name }) => name));
  const allowed = (label: string) => !off.has(label) && (isBuiltIn(label) || own.has(label));
  return {
    type: (rules, words) => {
      const merged = mergeOpinions(withLabelWords(rules, stored, words), opinionsOf(context, 'TYPE'), allowed);
      if (merged.source !== 'rules' || isBuiltIn(merged.label)) return merged;
      return { ...merged, source: 'words', explanation: `it has words of the label ${merged.label}` };
    },
    priority: (rules) => mergeOpinions(rules, opinionsOf(context, 'PRIORITY')),
  };
}

/** The promoted versions that had a say, by kind. */
export function modelsOf(context: RunContext): NonNullable<ContentAnalysisOutcome['models']> {
  const models: NonNullable<ContentAnalysisOutcome['models']> = {};
  for (const { kind, version } of context.learned)
    if (kind !== 'ACTION') models[kind] = version ?? models[kind] ?? null;
  return models;
}

type Suggestion = ActionSuggestionsOutcome['suggestions'][number];

/** A suggestion as sure as the rules and what became of earlier ones make it. */
export function suggestionJudge(context: RunContext): (suggestion: Suggestion) => Suggestion {
  return (suggestion) => {
    const { action, confidence } = suggestion;
    const accepted = exampleLabel('ACTION', action, 'accepted');
    const learned = opinionsOf(context, 'ACTION', (label) => label.startsWith(`${action}:`));
    if (learned.length === 0) return suggestion;
    const dismissed = exampleLabel('ACTION', action, 'dismissed');
    const rules = new Map([
      [accepted, confidence],
      [dismissed, 1 - confidence],
    ]);
    const merged = mergeOpinions(rules, learned);
    const examples = learned.reduce((sum, opinion) => sum + opinion.examples, 0);
    return {
      ...suggestion,
      confidence: merged.distribution.get(accepted) ?? 0,
      rules: confidence,
      explanation:
        merged.source === 'rules'
          ? suggestion.explanation
          : `${suggestion.explanation}; learned from ${examples} such suggestions`,
    };
  };
}
