import { Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { UncertainPolicy } from '../../domain/outgoing/delivery-round.js';
import { UncertainPolicyEnum } from '../graphql/enums.js';

@ObjectType({
  description: "Hours of the day at the recipient's, in which no time is chosen; 22 to 7 goes over midnight.",
})
export class QuietHours {
  @Field(() => Int, { description: 'From this hour on, 0 to 23.' })
  from!: number;

  @Field(() => Int, { description: 'Until this hour.' })
  to!: number;
}

@ObjectType({ description: 'What the organization has set for its outgoing mail.' })
export class OutgoingSettings {
  @Field(() => Int, { description: 'Seconds in which a sending can be undone.' })
  undoSeconds!: number;

  @Field(() => UncertainPolicyEnum, { description: 'What becomes of a delivery in doubt.' })
  uncertain!: UncertainPolicy;

  @Field(() => [String], { description: 'Who is told of mail that waits for approval.' })
  approvers!: string[];

  @Field(() => [String], { description: 'Who besides, when it has waited long.' })
  escalateTo!: string[];

  @Field(() => Int, { description: 'Hours until the first reminder of mail that waits.' })
  remindAfterHours!: number;

  @Field(() => Int, { description: 'Hours until escalateTo is told too.' })
  escalateAfterHours!: number;

  @Field(() => Int, { nullable: true, description: 'Hours after which a sender is told of a delay; null: never.' })
  delayWarningHours!: number | null;

  @Field(() => Boolean, { description: 'Whether senders are told by mail of what could not be delivered (RFC 3464).' })
  notifySender!: boolean;

  @Field(() => Boolean, {
    description:
      'Whether a picture in HTML mail tells of its opening. Personal data: read docs/outgoing-signals.md first.',
  })
  trackOpens!: boolean;

  @Field(() => Boolean, {
    description: 'Whether links in HTML mail lead by us, so that clicks are seen. The same holds.',
  })
  trackClicks!: boolean;

  @Field(() => QuietHours, { nullable: true, description: 'In which no optimized time falls; null: there are none.' })
  quietHours!: QuietHours | null;
}

@InputType({ description: 'Hours of the day, local to the recipient.' })
export class QuietHoursInput {
  @Field(() => Int, { description: 'From this hour on, 0 to 23.' })
  from!: number;

  @Field(() => Int, { description: 'Until this hour, 0 to 23.' })
  to!: number;
}

@InputType({ description: 'What to change; what is left out stays. null is a choice where it says so.' })
export class OutgoingSettingsInput {
  @Field(() => Int, { nullable: true, description: '0 to 2,592,000.' })
  undoSeconds?: number | null;

  @Field(() => UncertainPolicyEnum, { nullable: true, description: 'What becomes of a delivery in doubt.' })
  uncertain?: UncertainPolicy | null;

  @Field(() => [String], { nullable: true, description: 'At most 50 addresses.' })
  approvers?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'At most 50 addresses.' })
  escalateTo?: string[] | null;

  @Field(() => Int, { nullable: true, description: '1 to 8,760.' })
  remindAfterHours?: number | null;

  @Field(() => Int, { nullable: true, description: '1 to 8,760.' })
  escalateAfterHours?: number | null;

  @Field(() => Int, { nullable: true, description: '1 to 8,760; null: senders are not told of delays.' })
  delayWarningHours?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether senders are told of failures by mail.' })
  notifySender?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Needs EVERPOST_PUBLIC_URL.' })
  trackOpens?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Needs EVERPOST_PUBLIC_URL.' })
  trackClicks?: boolean | null;

  @Field(() => QuietHoursInput, { nullable: true, description: 'null: none.' })
  quietHours?: QuietHoursInput | null;
}
