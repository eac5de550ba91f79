import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { SuppressionReason, SuppressionScope } from '../../domain/outgoing/suppression.js';
import { SuppressionReasonEnum, SuppressionScopeEnum } from '../graphql/enums.js';
import { PageInfo } from '../graphql/pages.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'An address that nothing, or nothing that goes to many, is sent to.' })
export class Suppression {
  @Field(() => ID, { description: 'To remove it by.' })
  id!: string;

  @Field(() => String, { description: 'In small letters.' })
  address!: string;

  @Field(() => SuppressionReasonEnum, { description: 'Why it is on the list.' })
  reason!: SuppressionReason;

  @Field(() => SuppressionScopeEnum, { description: 'Which mail is kept back.' })
  scope!: SuppressionScope;

  @Field(() => String, { description: 'The words of the server, or of who added it.' })
  note!: string;

  @Field(() => ID, { nullable: true, description: 'The outgoing message that brought it here.' })
  messageId!: string | null;

  @Field(() => String, { description: '`system`, `recipient`, or the token.' })
  createdBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  createdAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until then; null: until it is removed.' })
  expiresAt!: string | null;
}

@ObjectType({ description: 'An entry in its place in the list.' })
export class SuppressionEdge {
  @Field(() => String, { description: 'Its place.' })
  cursor!: string;

  @Field(() => Suppression, { description: 'The entry.' })
  node!: Suppression;
}

@ObjectType({ description: 'A page of the suppression list.' })
export class SuppressionConnection {
  @Field(() => [SuppressionEdge], { description: 'Newest first.' })
  edges!: SuppressionEdge[];

  @Field(() => PageInfo, { description: 'Where the page begins and ends.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'An address to keep mail back from.' })
export class SuppressionInput {
  @Field(() => String, { description: 'A mail address.' })
  address!: string;

  @Field(() => SuppressionScopeEnum, { nullable: true, description: 'ALL where it is left out.' })
  scope?: SuppressionScope | null;

  @Field(() => String, { nullable: true, description: 'Why, at most 500 characters.' })
  note?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'In the future; left out: until it is removed.' })
  expiresAt?: string | null;
}
