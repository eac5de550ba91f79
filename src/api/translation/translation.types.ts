import { Field, Float, ObjectType } from '@nestjs/graphql';
import type { AiFailure, AnsweredBy } from '../../domain/ai.js';
import type { TranslationOutcome } from '../../domain/outcomes.js';
import type { MessageTranslationStatus } from '../../domain/translation/message-translation.js';
import {
  AiFailureEnum,
  MessageTranslationStatusEnum,
  ParagraphStatusEnum,
  TranslationQualityEnum,
} from '../graphql/enums.js';
import { DateTimeScalar, JsonScalar } from '../graphql/scalars.js';

type Paragraph = TranslationOutcome['paragraphs'][number];

@ObjectType({ description: 'A paragraph of a message in the language that it is read in.' })
export class TranslatedParagraph {
  @Field(() => String, { description: 'The translation; the original where there is none.' })
  text!: string;

  @Field(() => ParagraphStatusEnum, { description: 'Whether it is translated.' })
  status!: Paragraph['status'];

  @Field(() => String, { description: 'What stands between it and the next.' })
  separator!: string;

  @Field(() => String, { nullable: true, description: 'Why it is not translated; null where it is, or need not be.' })
  reason!: string | null;
}

@ObjectType({ description: 'A message in a language, for a person who reads it: a proposal that nothing acts on.' })
export class MessageTranslation {
  @Field(() => MessageTranslationStatusEnum, { description: 'What became of it.' })
  status!: MessageTranslationStatus;

  @Field(() => String, { nullable: true, description: 'Why it is not all there; null where it is.' })
  reason!: string | null;

  @Field(() => AiFailureEnum, {
    nullable: true,
    description: 'What the provider did; null but where status is failed.',
  })
  failure!: AiFailure | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Before then asking again is in vain, where it is known.',
  })
  notBefore!: string | null;

  @Field(() => String, { nullable: true, description: 'The language it is in; null where it is not known.' })
  from!: string | null;

  @Field(() => String, { description: 'The language that was asked for.' })
  to!: string;

  @Field(() => TranslationQualityEnum, { nullable: true, description: 'What to expect; null without a translation.' })
  quality!: TranslationOutcome['quality'] | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'How sure it is, 0 to 1: the share of its paragraphs that were translated, as far as its language is known; less for ' +
      'a gist. Null without a translation.',
  })
  confidence!: number | null;

  @Field(() => String, { nullable: true, description: 'Its subject; null without a translation.' })
  subject!: string | null;

  @Field(() => [TranslatedParagraph], { description: 'Its new text, in order; empty without a translation.' })
  paragraphs!: TranslatedParagraph[];

  @Field(() => Boolean, { description: 'The message is longer than what was translated of it.' })
  cut!: boolean;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'Who translated, what it cost and what was disclosed to whom; no cost and no time where it was translated before.',
  })
  answeredBy!: AnsweredBy | null;
}
