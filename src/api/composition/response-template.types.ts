import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { TEMPLATE_SLOTS } from '../../domain/response-template.js';
import type { MailIntent } from '../../domain/mail-intent.js';
import { MailIntentEnum } from '../graphql/enums.js';

const SLOTS =
  'Slots: ' +
  Object.entries(TEMPLATE_SLOTS)
    .map(([slot, meaning]) => `\`{{${slot}}}\` (${meaning})`)
    .join(', ') +
  '. `{{slot|fallback}}` says what stands there where the mail has nothing of the kind; without one it is `…`.';

@InputType({ description: 'A template for answers as it should be.' })
export class ResponseTemplateInput {
  @Field(() => ID, { nullable: true, description: 'Of one that is there, which is replaced; left out: a new one.' })
  id?: string | null;

  @Field(() => String, { description: 'One line of at most 80 characters, one of its kind in its language.' })
  name!: string;

  @Field(() => String, { description: 'ISO 639-1 of its text.' })
  language!: string;

  @Field(() => String, { nullable: true, description: 'Of the answer; may have slots. At most 200 characters.' })
  subject?: string | null;

  @Field(() => String, { description: `At most 3,000 characters. ${SLOTS}` })
  body!: string;

  @Field(() => [String], { nullable: true, description: 'Names of typeLabels that it answers; any where left out.' })
  types?: string[] | null;

  @Field(() => [MailIntentEnum], {
    nullable: true,
    description: 'What the mail is there to do; anything where left out.',
  })
  intents?: MailIntent[] | null;

  @Field(() => [String], { nullable: true, description: 'Words and phrases of mail that it answers; 20 at most.' })
  words?: string[] | null;
}

@ObjectType({ description: "A template for answers of the organization's own." })
export class ResponseTemplate {
  @Field(() => ID, { description: 'As `responseTemplates` of a run names it.' })
  id!: string;

  @Field(() => String, { description: 'For people.' })
  name!: string;

  @Field(() => String, { description: 'ISO 639-1 of its text.' })
  language!: string;

  @Field(() => String, { nullable: true, description: 'Of the answer, with its slots; null: that of the mail.' })
  subject!: string | null;

  @Field(() => String, { description: 'Its text with its slots.' })
  body!: string;

  @Field(() => [String], { description: 'Labels that it answers; empty: any.' })
  types!: string[];

  @Field(() => [MailIntentEnum], { description: 'What the mail is there to do; empty: anything.' })
  intents!: MailIntent[];

  @Field(() => [String], { description: 'Words of mail that it answers.' })
  words!: string[];
}
