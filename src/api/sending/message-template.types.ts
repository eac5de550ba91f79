import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { DateTimeScalar } from '../graphql/scalars.js';

const PLACES =
  '`{{field}}` and `{{field|fallback}}` take what a sending gives; a fallback stands where it gives nothing.';

@InputType({ description: 'A template for messages as it should be.' })
export class MessageTemplateInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Of one that is there, which gets a new version; left out: a new one.',
  })
  id?: string | null;

  @Field(() => String, { description: 'One line of at most 80 characters, one of its kind in its language.' })
  name!: string;

  @Field(() => String, { description: 'ISO 639-1 of its text.' })
  language!: string;

  @Field(() => String, { description: `One line. ${PLACES}` })
  subject!: string;

  @Field(() => String, { nullable: true, description: `Plain text. ${PLACES}` })
  text?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `HTML. ${PLACES} What a field holds is text there: its signs are escaped.`,
  })
  html?: string | null;

  @Field(() => String, { nullable: true, description: 'Sender of what is made of it, where a sending names none.' })
  defaultFrom?: string | null;
}

@ObjectType({ description: 'A template for messages, in one of its versions.' })
export class MessageTemplate {
  @Field(() => ID, { description: 'The same for all its versions.' })
  id!: string;

  @Field(() => String, { description: 'What sendings name it by.' })
  name!: string;

  @Field(() => String, { description: 'ISO 639-1.' })
  language!: string;

  @Field(() => Int, { description: 'From 1; each saving is one.' })
  version!: number;

  @Field(() => String, { description: 'With its fields.' })
  subject!: string;

  @Field(() => String, { nullable: true, description: 'With its fields.' })
  text!: string | null;

  @Field(() => String, { nullable: true, description: 'With its fields.' })
  html!: string | null;

  @Field(() => String, { nullable: true, description: 'Sender where a sending names none.' })
  defaultFrom!: string | null;

  @Field(() => String, { description: 'Who saved this version.' })
  savedBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  savedAt!: string;
}

@ObjectType({ description: 'A template with its fields filled.' })
export class MessageTemplatePreview {
  @Field(() => String, { description: 'Filled.' })
  subject!: string;

  @Field(() => String, { nullable: true, description: 'Filled.' })
  text!: string | null;

  @Field(() => String, { nullable: true, description: 'Filled, values escaped.' })
  html!: string | null;

  @Field(() => [String], { description: 'Fields that it asks for.' })
  fields!: string[];

  @Field(() => [String], { description: 'Those without a value and without a fallback: a sending would be refused.' })
  missing!: string[];
}
