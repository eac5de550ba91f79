import { QuarantineSettings } from '../quarantine/quarantine.types.js';
import { Field, Float, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { WhenUnscanned } from '../../domain/disposition.js';
import { WhenUnscannedEnum } from '../graphql/enums.js';

@ObjectType({ description: 'What decides over messages, with the defaults where the organization chose nothing.' })
export class Policy {
  @Field(() => Float, { description: 'At this probability of spam or above a message is quarantined.' })
  quarantineAtSpam!: number;

  @Field(() => Boolean, { description: 'Whether a DMARC failure under the sender’s own `p=reject` is refused.' })
  rejectOnDmarcReject!: boolean;

  @Field(() => [String], { description: 'Codes of findings that hold a message for a person.' })
  holdOn!: string[];

  @Field(() => [String], { description: 'Codes of findings that quarantine whatever their severity.' })
  quarantineOn!: string[];

  @Field(() => WhenUnscannedEnum, {
    description: 'What becomes of a message that the virus scanner, where one is configured, did not answer for.',
  })
  whenUnscanned!: WhenUnscanned;
}

@InputType({ description: 'Choices to change. What is left out stays as it is; null goes back to the default.' })
export class UpdatePolicyInput {
  @Field(() => Float, { nullable: true, description: '0 to 1.' })
  quarantineAtSpam?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether a DMARC failure under `p=reject` is refused.' })
  rejectOnDmarcReject?: boolean | null;

  @Field(() => [String], { nullable: true, description: 'Codes of findings, `sender.lookalike`; 200 at most.' })
  holdOn?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Codes of findings, `threat.indicator`; 200 at most.' })
  quarantineOn?: string[] | null;

  @Field(() => WhenUnscannedEnum, { nullable: true, description: 'Pass it, marked, or hold it.' })
  whenUnscanned?: WhenUnscanned | null;
}

@ObjectType({ description: 'Whom the token belongs to; everything that it sees is of this organization.' })
export class Organization {
  @Field(() => ID, { description: 'Never changes.' })
  id!: string;

  @Field(() => String, { description: 'What people call it.' })
  name!: string;

  @Field(() => String, { description: 'In the names of IANA: `Europe/Berlin`. Its days, and dates in mail, go by it.' })
  timeZone!: string;

  @Field(() => String, { description: 'What its people read, in ISO 639-1: mail is translated into it.' })
  readingLanguage!: string;

  @Field(() => Policy, { description: 'What decides over its messages.' })
  policy!: Policy;

  @Field(() => QuarantineSettings, { description: 'What its quarantine does by itself.' })
  quarantine!: QuarantineSettings;
}
