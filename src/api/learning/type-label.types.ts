import { Field, InputType, ObjectType } from '@nestjs/graphql';

@InputType({ description: 'A label as it should be; a field that is left out of one that is there stays as it is.' })
export class TypeLabelInput {
  @Field(() => String, { description: 'A built-in type or a name of your own; letter case does not tell names apart.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it stands for, for people.' })
  description?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Words and phrases that speak for it before anybody has corrected anything; 50 at most.',
  })
  words?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether messages are called so.' })
  enabled?: boolean | null;
}

@ObjectType({ description: 'What a message may be called.' })
export class TypeLabel {
  @Field(() => String, { description: 'As Message.label names it.' })
  name!: string;

  @Field(() => String, { description: 'What it stands for.' })
  description!: string;

  @Field(() => [String], { description: 'Words that speak for it.' })
  words!: string[];

  @Field(() => Boolean, { description: 'Whether messages are called so.' })
  enabled!: boolean;

  @Field(() => Boolean, { description: 'Whether it ships; such a label can be changed and switched off, not removed.' })
  builtIn!: boolean;
}
