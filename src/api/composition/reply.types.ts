import { Field, Float, ID, ObjectType } from '@nestjs/graphql';
import type { AnsweredBy } from '../../domain/ai.js';
import { JsonScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'A template as it would answer a message, with its slots filled.' })
export class SuggestedTemplate {
  @Field(() => ID, { description: 'For useTemplate.' })
  id!: string;

  @Field(() => String, { description: 'For people.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'Of the answer; null: that of the mail.' })
  subject?: string | null;

  @Field(() => String, { description: 'What strangers wrote stands in it as one line without links.' })
  text!: string;

  @Field(() => Float, { description: 'How well it suits the message and was used for such mail, 0 to 1.' })
  score!: number;

  @Field(() => String, { description: 'Why it is suggested.' })
  explanation!: string;
}

@ObjectType({
  description: 'What a message may be answered with: for a person to choose and change; nothing sends it.',
})
export class ReplySuggestions {
  @Field(() => [SuggestedTemplate], { description: 'Of the embedded engines, best first; none for mail of machines.' })
  templates!: SuggestedTemplate[];

  @Field(() => Float, {
    nullable: true,
    description:
      "How sure it is that the first template is the one, 0 to 1: its score, less half of the next one's. Null without templates.",
  })
  templatesConfidence!: number | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'AnsweredBy of the templates; null where the message is not processed that far.',
  })
  templatesAnsweredBy!: AnsweredBy | null;

  @Field(() => [String], { description: 'What a language model wrote; empty where none was asked or none answered.' })
  replies!: string[];

  @Field(() => [String], {
    description: 'Links and addresses that were taken out of the replies: neither the mail nor you named them.',
  })
  removed!: string[];

  @Field(() => Float, {
    nullable: true,
    description:
      'How sure the replies are, 0 to 0.85: the part of their words that the mail or you have too, less for what had to be ' +
      'taken out. Null where there are none, and for those of earlier versions.',
  })
  confidence!: number | null;

  @Field(() => String, { nullable: true, description: 'Why there are no replies of a model; null where there are.' })
  reason!: string | null;

  @Field(() => JsonScalar, { nullable: true, description: 'AnsweredBy of the replies; null where there are none.' })
  answeredBy!: AnsweredBy | null;
}
