import { Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { DkimAlgorithm, DkimKeyStatus } from '../../domain/domains/dkim-key.js';
import type { DnsRecordPurpose, DnsRecordStatus, DnsRecordType } from '../../domain/domains/dns-record.js';
import type { ReturnPathMode } from '../../domain/domains/return-path.js';
import {
  DkimKeyStatusEnum,
  DnsRecordPurposeEnum,
  DnsRecordStatusEnum,
  DnsRecordTypeEnum,
  ReturnPathModeEnum,
} from '../graphql/enums.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'A record to publish in the DNS for a domain, and what of it was found there.' })
export class DnsRecord {
  @Field(() => DnsRecordTypeEnum, { description: 'Its type.' })
  type!: DnsRecordType;

  @Field(() => String, { description: 'Where it stands, in full: `everpost-20261120-rsa._domainkey.example.org`.' })
  name!: string;

  @Field(() => String, {
    description: 'What a zone file says behind the type: a text in quotes, in strings of at most 255 characters.',
  })
  value!: string;

  @Field(() => String, { description: 'The same in one piece and without quotes, as most web forms want it.' })
  text!: string;

  @Field(() => DnsRecordPurposeEnum, { description: 'What it is for.' })
  purpose!: DnsRecordPurpose;

  @Field(() => Boolean, {
    description: 'Whether mail is not signed, or likely refused, or bounces are lost without it; else it is advice.',
  })
  required!: boolean;

  @Field(() => DnsRecordStatusEnum, { description: 'What the last look found.' })
  status!: DnsRecordStatus;

  @Field(() => [String], { description: 'What stands there; SPF, DMARC and the like without other texts.' })
  found!: string[];

  @Field(() => String, { nullable: true, description: 'What to do, in a sentence; null where nothing is.' })
  problem!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the DNS was last asked; null: not yet.' })
  checkedAt!: string | null;
}

@ObjectType({ description: 'A key that signs mail of a domain by DKIM (RFC 6376). Its private half is never shown.' })
export class DkimKey {
  @Field(() => String, { description: 'Names it in the DNS and in signatures.' })
  selector!: string;

  @Field(() => String, { description: '`rsa-sha256` or `ed25519-sha256`; where both are active, mail gets both.' })
  algorithm!: DkimAlgorithm;

  @Field(() => DkimKeyStatusEnum, { description: 'Whether it signs.' })
  status!: DkimKeyStatus;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: string;

  @Field(() => String, { description: 'Who made it; `system` where it was time.' })
  createdBy!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its record was first seen in the DNS.' })
  publishedAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Who had it sign though its record was not seen.' })
  forcedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it began to sign.' })
  activatedAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When another key took its place.' })
  retiringAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its private half was deleted.' })
  retiredAt!: string | null;
}

@ObjectType({ description: "Where bounces of a domain's mail go." })
export class ReturnPathSetting {
  @Field(() => ReturnPathModeEnum, { description: 'How the address is made.' })
  mode!: ReturnPathMode;

  @Field(() => String, { description: 'The domain of that address under VERP.' })
  host!: string;
}

@InputType({ description: 'What to change of a domain; what is left out stays as it is.' })
export class DomainSettingsInput {
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether mail waits for a person where its active keys cannot be used; else it leaves unsigned.',
  })
  signingRequired?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Days that a key signs before new ones are made, 1 to 3650; null: until rotateKeys is called.',
  })
  keyRotationDays?: number | null;

  @Field(() => Int, { nullable: true, description: 'Days that the record of an old key must stay, 1 to 90.' })
  keyOverlapDays?: number | null;

  @Field(() => ReturnPathModeEnum, { nullable: true, description: 'How the address for bounces is made.' })
  returnPathMode?: ReturnPathMode | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Where bounces go under VERP: a name below the domain, `bounces.example.org`; null: the domain itself.',
  })
  returnPathHost?: string | null;
}
