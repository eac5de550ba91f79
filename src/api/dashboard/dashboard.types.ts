import { Field, Float, ObjectType } from '@nestjs/graphql';
import { DateScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'A figure of one day.' })
export class Counter {
  @Field(() => DateScalar, { description: "A day in the organization's time zone." })
  day!: string;

  @Field(() => String, {
    description:
      '`incoming.messages`, `incoming.disposition.deliver`, `incoming.refused.greylist`, `incoming.language.de`, ...',
  })
  name!: string;

  @Field(() => Float, { description: 'A whole number; bytes pass what an Int holds.' })
  value!: number;
}

@ObjectType({ description: "The organization's figures by day." })
export class Dashboard {
  @Field(() => DateScalar, { description: 'The first day.' })
  from!: string;

  @Field(() => DateScalar, { description: 'The last day.' })
  to!: string;

  @Field(() => [Counter], { description: 'By day and name; what was not counted on a day is left out.' })
  counters!: Counter[];
}
