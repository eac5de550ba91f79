import type { LearningTask } from '../../domain/learning-task.js';
import type { Evaluation } from '../../domain/promotion.js';
import { writeClassifier } from './classifier-format.js';
import { evaluateFold } from './evaluate-fold.js';
import { mailFeatureSource } from './mail-features.js';
import { currentModel, trainExamples, type OrganizationModel } from './organization-model.js';
import { packFeatures } from './packed-features.js';
import { featuresOf } from './text-features.js';

/**
 * What a thread of src/adapters/learning/learning-threads.ts runs. Learning takes from milliseconds to minutes of CPU: here
 * it keeps no mail and no request waiting.
 */
export default function answer(
  task: LearningTask,
): Uint8Array | OrganizationModel | Evaluation | { weights: Uint8Array; labels: string[] } | null {
  switch (task.task) {
    case 'features':
      return packFeatures(featuresOf(mailFeatureSource(task.mail, task.origin, task.meaning)));
    case 'current':
      return currentModel(task.base, task.examples, task.seed);
    case 'fold':
      return evaluateFold(task);
    case 'version': {
      const classifier = trainExamples(task.examples, task.consents, task.seed);
      return { weights: writeClassifier(classifier), labels: [...classifier.labels] };
    }
  }
}
