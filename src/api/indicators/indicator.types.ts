import { Field, Float, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { IndicatorKind } from '../../domain/indicators.js';
import { IndicatorKindEnum } from '../graphql/enums.js';
import { PageInfo } from '../graphql/pages.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({
  description: 'Something that a source says is harmful; threatIntelligence looks for it in every message.',
})
export class Indicator {
  @Field(() => ID, { description: 'Stays the same when its source lists it again.' })
  id!: string;

  @Field(() => IndicatorKindEnum, { description: 'What it names.' })
  kind!: IndicatorKind;

  @Field(() => String, { description: 'In the one spelling that it is looked up by.' })
  value!: string;

  @Field(() => String, { description: 'Who says so.' })
  source!: string;

  @Field(() => Float, { description: '0 to 1: how sure the source is. Below 0.5 it is told and quarantines nothing.' })
  confidence!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ceases to count; null: never.' })
  expiresAt!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was first listed.' })
  createdAt!: string;
}

@InputType({ description: 'An indicator to list.' })
export class IndicatorInput {
  @Field(() => IndicatorKindEnum, { description: 'What it names.' })
  kind!: IndicatorKind;

  @Field(() => String, {
    description: 'As written anywhere: `hxxps://evil[.]example/`, `Evil.EXAMPLE.` are understood.',
  })
  value!: string;

  @Field(() => String, { description: 'Who says so; at most 200 characters.' })
  source!: string;

  @Field(() => Float, { description: '0 to 1.' })
  confidence!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'In the future; never expires where it is left out.' })
  expiresAt?: string | null;
}

@ObjectType({ description: 'An indicator at its place in the list.' })
export class IndicatorEdge {
  @Field(() => String, { description: 'Opaque: pass it as `after`.' })
  cursor!: string;

  @Field(() => Indicator, { description: 'The indicator.' })
  node!: Indicator;
}

@ObjectType({ description: 'A page of the indicator list, newest first.' })
export class IndicatorConnection {
  @Field(() => [IndicatorEdge], { description: 'Its indicators, each with its cursor.' })
  edges!: IndicatorEdge[];

  @Field(() => PageInfo, { description: 'Where it begins and ends.' })
  pageInfo!: PageInfo;
}
