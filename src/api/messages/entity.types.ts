import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import type { EntityKind } from '../../domain/outcomes.js';
import { EntityKindEnum } from '../graphql/enums.js';

@ObjectType({ description: 'Who, what, where or when a message names; each value of a kind once.' })
export class Entity {
  @Field(() => EntityKindEnum, { description: 'What it is.' })
  kind!: EntityKind;

  @Field(() => String, { description: 'As written, where it stands first.' })
  text!: string;

  @Field(() => String, {
    description: 'Normalised: ISO 8601 for times, `12.50 EUR` for amounts, E.164 for phones, lower case for addresses.',
  })
  value!: string;

  @Field(() => String, { nullable: true, description: 'Last day or moment of a period, written like `value`.' })
  until!: string | null;

  @Field(() => Float, { description: '0 to 1.' })
  confidence!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Where `text` starts in the new text; null for what stands in subject, signature or links alone.',
  })
  at!: number | null;
}
