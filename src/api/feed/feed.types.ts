import { Field, ID, ObjectType } from '@nestjs/graphql';
import { EVENT_KINDS, type EventKind } from '../../domain/events.js';
import type { Json } from '../../domain/json.js';
import { DateTimeScalar, JsonScalar } from '../graphql/scalars.js';

@ObjectType({ description: "One row of the organization's append-only feed." })
export class FeedEvent {
  @Field(() => String, {
    description: 'Opaque: pass the last one that you have as `after` to miss nothing and see nothing twice.',
  })
  cursor!: string;

  @Field(() => String, { description: `${EVENT_KINDS.map((kind) => `\`${kind}\``).join(', ')}; more may come.` })
  kind!: EventKind;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  at!: string;

  @Field(() => ID, { nullable: true, description: 'The message that it is about.' })
  messageId!: string | null;

  @Field(() => JsonScalar, { description: 'Ids, statuses and figures of its kind; never mail text.' })
  payload!: Json;
}
