import { Field, Float, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { DeliveryRouteKind, RouteTls } from '../../domain/outgoing/delivery-route.js';
import type { CircuitState } from '../../domain/outgoing/pace.js';
import { CircuitStateEnum, DeliveryRouteKindEnum, RouteTlsEnum } from '../graphql/enums.js';
import { DateScalar, DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'A route of a pool.' })
export class PoolMember {
  @Field(() => String, { description: 'Its name.' })
  route!: string;

  @Field(() => Int, { description: 'How much of the mail it gets, next to the others.' })
  weight!: number;
}

@ObjectType({ description: 'How many messages a day a new route lets through: ever more, then any number.' })
export class WarmUp {
  @Field(() => DateScalar, { description: 'The first day, in UTC; before it nothing goes.' })
  from!: string;

  @Field(() => [Int], { description: 'Messages of the first day, of the second, and so on; no limit after the last.' })
  perDay!: number[];
}

@ObjectType({ description: 'How a route has done of late.' })
export class RouteHealth {
  @Field(() => Int, { description: 'Attempts of the last hour.' })
  attempts!: number;

  @Field(() => Int, { description: 'Those that were deferred.' })
  deferred!: number;

  @Field(() => Float, { description: 'Share of the attempts that was deferred; 0 where too few were made to tell.' })
  deferralRate!: number;

  @Field(() => CircuitStateEnum, { description: 'Whether its smart host is tried; always CLOSED for other kinds.' })
  circuit!: CircuitState;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Nothing goes by it before; null: it may.' })
  restsUntil!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it rests.' })
  reason!: string | null;

  @Field(() => Int, { description: 'Messages that its warm-up has let through today (UTC).' })
  warmUpUsed!: number;

  @Field(() => Int, { nullable: true, description: 'Messages that its warm-up lets through today; null: any number.' })
  warmUpAllowed!: number | null;
}

@ObjectType({ description: 'A way for outgoing mail to leave.' })
export class DeliveryRoute {
  @Field(() => String, { description: '`default` is the one that every organization has.' })
  name!: string;

  @Field(() => DeliveryRouteKindEnum, { description: 'Where mail goes by it.' })
  kind!: DeliveryRouteKind;

  @Field(() => String, { nullable: true, description: 'SMARTHOST: its name or address.' })
  host!: string | null;

  @Field(() => Int, { nullable: true, description: 'SMARTHOST: its port.' })
  port!: number | null;

  @Field(() => RouteTlsEnum, { nullable: true, description: 'SMARTHOST: whether the connection is encrypted.' })
  tls!: RouteTls | null;

  @Field(() => String, { nullable: true, description: 'SMARTHOST: certificates in PEM that its own must chain to.' })
  ca!: string | null;

  @Field(() => String, { nullable: true, description: 'SMARTHOST: who logs in.' })
  username!: string | null;

  @Field(() => Boolean, { description: 'Whether a password is stored; it is never shown.' })
  hasPassword!: boolean;

  @Field(() => String, { nullable: true, description: 'The address that connections come from; null: any.' })
  sourceAddress!: string | null;

  @Field(() => String, { nullable: true, description: 'What we call ourselves there; null: EVERPOST_SMTP_HOSTNAME.' })
  helloName!: string | null;

  @Field(() => Int, { nullable: true, description: 'Most conversations at once with one destination or smart host.' })
  concurrency!: number | null;

  @Field(() => Int, { nullable: true, description: 'Most messages a minute over all destinations.' })
  ratePerMinute!: number | null;

  @Field(() => WarmUp, { nullable: true, description: 'Its warm-up schedule.' })
  warmUp!: WarmUp | null;

  @Field(() => [PoolMember], { description: 'POOL: the routes that it is made of.' })
  members!: PoolMember[];

  @Field(() => RouteHealth, { description: 'How it has done in the last hour, over all destinations.' })
  health!: RouteHealth;
}

@InputType({ description: 'A route of a pool.' })
export class PoolMemberInput {
  @Field(() => String, { description: 'Its name; no pool.' })
  route!: string;

  @Field(() => Int, { nullable: true, description: '1 to 1000; 1 where it is left out.' })
  weight?: number | null;
}

@InputType({ description: 'How many messages a day a new route lets through.' })
export class WarmUpInput {
  @Field(() => DateScalar, { description: 'The first day, in UTC.' })
  from!: string;

  @Field(() => [Int], { description: 'Messages of the first day, of the second, ...: `[50, 100, 200, 500, 1000]`.' })
  perDay!: number[];
}

@InputType({ description: 'A way for outgoing mail to leave; it takes the place of the one of this name.' })
export class DeliveryRouteInput {
  @Field(() => String, { description: 'Letters, digits, dots, hyphens, underscores.' })
  name!: string;

  @Field(() => DeliveryRouteKindEnum, { description: 'Where mail goes by it.' })
  kind!: DeliveryRouteKind;

  @Field(() => String, { nullable: true, description: 'SMARTHOST: a name or an IP address.' })
  host?: string | null;

  @Field(() => Int, { nullable: true, description: 'SMARTHOST: 587 where it is left out, 465 with IMPLICIT.' })
  port?: number | null;

  @Field(() => RouteTlsEnum, { nullable: true, description: 'SMARTHOST: REQUIRED where it is left out.' })
  tls?: RouteTls | null;

  @Field(() => String, { nullable: true, description: 'SMARTHOST: certificates in PEM that its own must chain to.' })
  ca?: string | null;

  @Field(() => String, { nullable: true, description: 'SMARTHOST: to log in as; needs REQUIRED or IMPLICIT.' })
  username?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Stored sealed and never shown; left out, the stored one stays where the server stays the same.',
  })
  password?: string | null;

  @Field(() => String, { nullable: true, description: 'An address of this machine that connections come from.' })
  sourceAddress?: string | null;

  @Field(() => String, { nullable: true, description: 'What we call ourselves there (EHLO).' })
  helloName?: string | null;

  @Field(() => Int, { nullable: true, description: 'Most conversations at once with one destination or smart host.' })
  concurrency?: number | null;

  @Field(() => Int, { nullable: true, description: 'Most messages a minute over all destinations.' })
  ratePerMinute?: number | null;

  @Field(() => WarmUpInput, { nullable: true, description: 'A new address earns its name slowly.' })
  warmUp?: WarmUpInput | null;

  @Field(() => [PoolMemberInput], { nullable: true, description: 'POOL: the routes that it is made of.' })
  members?: PoolMemberInput[] | null;
}

@ObjectType({ description: 'By which route mail to a destination goes.' })
export class DeliveryAssignment {
  @Field(() => String, { description: '`example.org`, `*.example.org` (what is below it) or `*`; the closest counts.' })
  pattern!: string;

  @Field(() => String, { description: 'The name of the route.' })
  route!: string;
}

@ObjectType({ description: 'The route that mail to a destination would take now.' })
export class DeliveryRouteChoice {
  @Field(() => String, { description: 'The name of the route.' })
  route!: string;

  @Field(() => String, { description: 'Of a pool, the member that would take the next message; else the same.' })
  member!: string;

  @Field(() => String, { description: 'Why, in a sentence.' })
  explanation!: string;
}

@ObjectType({ description: 'How mail went to a destination in the last hour, and how fast it goes there now.' })
export class DeliveryDestination {
  @Field(() => String, { description: 'A domain; empty for a smart host, which takes mail for all.' })
  destination!: string;

  @Field(() => String, { description: 'The name of the route.' })
  route!: string;

  @Field(() => Int, { description: 'Attempts that delivered.' })
  delivered!: number;

  @Field(() => Int, { description: 'Attempts that were put off.' })
  deferred!: number;

  @Field(() => Int, { description: 'Attempts that were refused for good.' })
  failed!: number;

  @Field(() => Int, { description: 'Attempts that may or may not have delivered.' })
  uncertain!: number;

  @Field(() => Float, { nullable: true, description: 'Conversations at once that it takes, of the whole instance.' })
  concurrency!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Messages a minute that it takes; null: it has not asked for less.',
  })
  ratePerMinute!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Nothing is tried before; null: it may be.' })
  pausedUntil!: string | null;

  @Field(() => CircuitStateEnum, { description: 'Whether its servers are tried.' })
  circuit!: CircuitState;

  @Field(() => String, { nullable: true, description: 'What its servers said, or why they cannot be reached.' })
  reason!: string | null;
}
