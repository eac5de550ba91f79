import { Field, Float, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'A message that is about the same as another one.' })
export class SimilarMessage {
  @Field(() => Float, {
    description: '1 for the same words, about 0 for nothing in common. Only to be compared with others of one answer.',
  })
  likeness!: number;

  @Field(() => String, {
    description:
      'Whose vectors were compared: `words-2` of words and what they mean, `words-1` of words alone (where either message ' +
      'was received before meanings were known), `minilm-l6-v2` of the model on this machine, or provider and ' +
      'model where one is configured for `embedding` and answered for the message.',
  })
  space!: string;
}
