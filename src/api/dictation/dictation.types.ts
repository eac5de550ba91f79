import { Field, Float, InputType, ObjectType } from '@nestjs/graphql';
import type { AnsweredBy } from '../../domain/ai.js';
import type { Json } from '../../domain/json.js';
import { JsonScalar } from '../graphql/scalars.js';

@InputType({ description: 'A recording in which a mail is dictated.' })
export class DictateInput {
  @Field(() => String, { description: 'WAV, Ogg, MP3, M4A or WebM in base64; 10 MiB and ten minutes at most.' })
  audio!: string;

  @Field(() => String, { nullable: true, description: 'Whose name stands under the mail where the speaker signs off.' })
  sender!: string | null;
}

@ObjectType({ description: 'Who is meant by a spoken name.' })
export class DictatedContact {
  @Field(() => String, { description: 'Empty where none is known.' })
  name!: string;

  @Field(() => String, { description: 'The address.' })
  address!: string;
}

@ObjectType({ description: 'A recipient as the speaker named him.' })
export class DictatedRecipient {
  @Field(() => String, { description: 'As it was heard.' })
  spoken!: string;

  @Field(() => String, { nullable: true, description: 'Null where nobody, or more than one, answers to it.' })
  address!: string | null;

  @Field(() => String, { nullable: true, description: 'The name that goes with the address.' })
  name!: string | null;

  @Field(() => [DictatedContact], { description: 'Who it may be, the likeliest first; empty where it is decided.' })
  candidates!: DictatedContact[];
}

@ObjectType({ description: 'A proposal of a mail: a person reads it before anything is sent.' })
export class DictatedDraft {
  @Field(() => [DictatedRecipient], { description: 'To whom.' })
  to!: DictatedRecipient[];

  @Field(() => [DictatedRecipient], { description: 'Who gets a copy.' })
  cc!: DictatedRecipient[];

  @Field(() => String, { description: 'Empty where none was said.' })
  subject!: string;

  @Field(() => [String], { description: 'The text, by paragraphs.' })
  paragraphs!: string[];

  @Field(() => Boolean, { description: 'The speaker asked to hear it again.' })
  readBack!: boolean;
}

@ObjectType({ description: 'What was heard in a recording.' })
export class Dictation {
  @Field(() => String, { description: 'What was said; commands alone, one a line, where quality is `commands`.' })
  transcript!: string;

  @Field(() => String, {
    description:
      '`dictation`, or `commands`: the recogniser knows commands alone, and free speech was not written down.',
  })
  quality!: 'dictation' | 'commands';

  @Field(() => String, { nullable: true, description: 'ISO 639-1; null where it is not known.' })
  language!: string | null;

  @Field(() => Float, { description: '0 to 1.' })
  confidence!: number;

  @Field(() => Float, { description: 'Length of the recording.' })
  seconds!: number;

  @Field(() => JsonScalar, { description: 'The commands that were understood, in their order, with their `kind`.' })
  commands!: Json;

  @Field(() => DictatedDraft, { description: 'The mail that they make.' })
  draft!: DictatedDraft;

  @Field(() => JsonScalar, { description: 'Who answered, how long it took and what it cost.' })
  answeredBy!: AnsweredBy;
}
