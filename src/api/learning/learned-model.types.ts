import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { CorrectionKind } from '../../domain/correction.js';
import { CorrectionKindEnum } from '../graphql/enums.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'How a trained version and what answered before it did on examples that neither had seen.' })
export class ModelFigures {
  @Field(() => Int, { description: 'Examples held out, each once, in five folds by a fixed seed.' })
  heldOut!: number;

  @Field(() => Float, { nullable: true, description: 'Share that it got right; null where none was held out.' })
  accuracy!: number | null;

  @Field(() => Float, { nullable: true, description: 'Share that what answered before got right.' })
  accuracyBefore!: number | null;

  @Field(() => Int, { description: 'Right where the other was wrong.' })
  better!: number;

  @Field(() => Int, { description: 'Wrong where the other was right.' })
  worse!: number;

  @Field(() => Float, { description: 'How likely chance alone does as well: McNemar’s test, exact, one-sided.' })
  chance!: number;

  @Field(() => Float, { description: 'Expected calibration error: mean distance of confidence and accuracy.' })
  calibrationError!: number;

  @Field(() => Float, { nullable: true, description: 'Mean -log of what it gave the right answer.' })
  logLoss!: number | null;

  @Field(() => Float, { nullable: true, description: 'The same of what answered before.' })
  logLossBefore!: number | null;
}

@ObjectType({ description: 'How many of the newest answered messages nobody contradicted; silence counts as consent.' })
export class ModelAgreement {
  @Field(() => Int, { description: 'Messages, 200 at most.' })
  answers!: number;

  @Field(() => Int, { description: 'Of them, corrected to something else.' })
  contradicted!: number;

  @Field(() => Float, { nullable: true, description: 'Share that was not; null where there are no answers.' })
  share!: number | null;
}

@ObjectType({ description: 'What one training came to.' })
export class ModelVersion {
  @Field(() => ID, { description: 'For answerWithVersion.' })
  id!: string;

  @Field(() => Int, { description: 'The training’s number.' })
  number!: number;

  @Field(() => ID, { nullable: true, description: 'The version that answered when it was trained.' })
  parentId!: string | null;

  @Field(() => Int, { description: 'It has learned the corrections in force up to this number.' })
  through!: number;

  @Field(() => Int, { description: 'How many those were.' })
  examples!: number;

  @Field(() => Int, { description: 'Of them, replaced or taken back since.' })
  withdrawnExamples!: number;

  @Field(() => [String], { description: 'What it can answer.' })
  labels!: string[];

  @Field(() => String, { description: 'The engine that trained it, with its version.' })
  engine!: string;

  @Field(() => Int, { description: 'Of all that is random in it.' })
  seed!: number;

  @Field(() => Boolean, { description: 'Whether it took over.' })
  promoted!: boolean;

  @Field(() => String, { description: 'Why, or why not.' })
  reason!: string;

  @Field(() => Boolean, { description: 'Whether it answers now.' })
  current!: boolean;

  @Field(() => ModelFigures, { description: 'What was measured.' })
  figures!: ModelFigures;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: string;
}

@ObjectType({ description: 'What is learned of one kind of answer, for the organization or a mailbox.' })
export class LearnedModel {
  @Field(() => ID, { description: 'Stays the same.' })
  id!: string;

  @Field(() => CorrectionKindEnum, { description: 'Which answer.' })
  kind!: CorrectionKind;

  @Field(() => ID, { nullable: true, description: 'Whose mail; null: all of the organization’s.' })
  mailboxId!: string | null;

  @Field(() => Boolean, {
    description: 'Whether it is trained in versions; ROUTING and SPAM are learned anew with every correction.',
  })
  versioned!: boolean;

  @Field(() => Int, { description: 'Corrections in force.' })
  examples!: number;

  @Field(() => Int, { description: 'Of them, learned one by one on top of the current version.' })
  updates!: number;

  @Field(() => Int, { nullable: true, description: 'Corrections until it is trained by itself; null: never.' })
  untilTraining!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when a training runs; null: none does.' })
  trainingSince!: string | null;

  @Field(() => ModelAgreement, { nullable: true, description: 'At the promotion of the current version.' })
  agreementAtPromotion!: ModelAgreement | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'Since when its answers are contradicted more than at its promotion, beyond chance; null: they are not.',
  })
  driftingSince!: string | null;

  /** For agreement. */
  currentSince!: string | null;
}
