import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { SmimeCipher } from '../../domain/outgoing/protection-policy.js';
import type { ProtectionChoice } from '../../domain/outgoing/send-options.js';
import type { ProtectionKind } from '../../domain/protection.js';
import type { KeySource, KeyTrust } from '../../domain/recipient-key.js';
import {
  KeySourceEnum,
  KeyTrustEnum,
  MailKeyKindEnum,
  ProtectionChoiceEnum,
  SmimeCipherEnum,
} from '../graphql/enums.js';
import { PageInfo } from '../graphql/pages.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'A key that mail to an address can be encrypted to.' })
export class RecipientKey {
  @Field(() => ID, { description: 'Stays the same when the key is added again.' })
  id!: string;

  @Field(() => String, { description: 'Whom it is for.' })
  address!: string;

  @Field(() => MailKeyKindEnum, { description: 'What it is a key of.' })
  kind!: ProtectionKind;

  @Field(() => KeySourceEnum, { description: 'Where it comes from.' })
  source!: KeySource;

  @Field(() => KeyTrustEnum, { description: "How sure it is that it is the address's." })
  trust!: KeyTrust;

  @Field(() => String, {
    description: 'SHA-256 of a certificate, or fingerprint of an OpenPGP key; hexadecimal. Compare it with its owner.',
  })
  fingerprint!: string;

  @Field(() => String, { description: 'Whom it names, in its own words.' })
  subject!: string;

  @Field(() => String, { nullable: true, description: 'Who issued a certificate; null for OpenPGP.' })
  issuer!: string | null;

  @Field(() => String, { description: '`rsa 2048`, `ec prime256v1`, ... of the part that is encrypted to.' })
  algorithm!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'In force from then on.' })
  validFrom!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'In force until then; null: for good.' })
  validTo!: string | null;

  @Field(() => String, { description: 'The certificate in PEM, or the armored public key.' })
  publicPart!: string;

  @Field(() => String, { description: 'Who added it first; `mail` and `directory` for what was found.' })
  createdBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  createdAt!: string;

  @Field(() => DateTimeScalar, { description: 'When it was last added, received or found.' })
  lastSeenAt!: string;
}

@ObjectType({ description: 'A key in its place in the list.' })
export class RecipientKeyEdge {
  @Field(() => String, { description: 'Its place.' })
  cursor!: string;

  @Field(() => RecipientKey, { description: 'The key.' })
  node!: RecipientKey;
}

@ObjectType({ description: 'A page of keys.' })
export class RecipientKeyConnection {
  @Field(() => [RecipientKeyEdge], { description: 'Newest first.' })
  edges!: RecipientKeyEdge[];

  @Field(() => PageInfo, { description: 'Where the page begins and ends.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'A key to add.' })
export class RecipientKeyInput {
  @Field(() => String, {
    description: 'A certificate in PEM, or an armored OpenPGP public key; in force. At most 256 K characters.',
  })
  key!: string;

  @Field(() => String, {
    nullable: true,
    description: 'For whom; left out: for every address that the key names.',
  })
  address?: string | null;
}

@ObjectType({ description: 'What became of a key that was added.' })
export class AddedRecipientKeys {
  @Field(() => [RecipientKey], { description: 'The key, once for each address.' })
  keys!: RecipientKey[];

  @Field(() => [String], { description: 'What to look at: the key names other addresses, it ends soon.' })
  warnings!: string[];
}

@ObjectType({ description: 'Says otherwise than the policy for some mail.' })
export class ProtectionRule {
  @Field(() => String, {
    nullable: true,
    description: "The author's domain: `example.com`, `*.example.com` (with its subdomains); null: any.",
  })
  from!: string | null;

  @Field(() => String, { nullable: true, description: "The recipient's domain, likewise." })
  to!: string | null;

  @Field(() => ProtectionChoiceEnum, { nullable: true, description: 'Null: it says nothing of it.' })
  sign!: ProtectionChoice | null;

  @Field(() => ProtectionChoiceEnum, { nullable: true, description: 'Null: it says nothing of it.' })
  encrypt!: ProtectionChoice | null;

  @Field(() => MailKeyKindEnum, { nullable: true, description: 'Null: it says nothing of it.' })
  form!: ProtectionKind | null;
}

@ObjectType({ description: 'What the organization asks of its outgoing mail.' })
export class ProtectionPolicy {
  @Field(() => ProtectionChoiceEnum, { description: 'Whether it is signed.' })
  sign!: ProtectionChoice;

  @Field(() => ProtectionChoiceEnum, { description: 'Whether it is encrypted.' })
  encrypt!: ProtectionChoice;

  @Field(() => MailKeyKindEnum, { description: 'Which form is taken where both can be.' })
  form!: ProtectionKind;

  @Field(() => SmimeCipherEnum, { description: 'What S/MIME is encrypted by.' })
  cipher!: SmimeCipher;

  @Field(() => KeyTrustEnum, { description: 'Keys that are trusted less are not encrypted to.' })
  leastTrust!: KeyTrust;

  @Field(() => Boolean, { description: "Whether the key directories of recipients' domains are asked (WKD)." })
  lookUp!: boolean;

  @Field(() => Boolean, { description: "Whether the author's own key opens it too." })
  encryptToSelf!: boolean;

  @Field(() => Boolean, { description: 'Whether header fields are signed and the Subject encrypted (RFC 9788).' })
  protectHeaders!: boolean;

  @Field(() => [ProtectionRule], { description: 'The first one that fits and says something of it counts.' })
  rules!: ProtectionRule[];
}

@InputType({ description: 'Says otherwise than the policy for some mail.' })
export class ProtectionRuleInput {
  @Field(() => String, {
    nullable: true,
    description: "The author's domain: `example.com`, `*.example.com` (with its subdomains); null: any.",
  })
  from?: string | null;

  @Field(() => String, { nullable: true, description: "The recipient's domain, likewise." })
  to?: string | null;

  @Field(() => ProtectionChoiceEnum, { nullable: true, description: 'Null: it says nothing of it.' })
  sign?: ProtectionChoice | null;

  @Field(() => ProtectionChoiceEnum, { nullable: true, description: 'Null: it says nothing of it.' })
  encrypt?: ProtectionChoice | null;

  @Field(() => MailKeyKindEnum, { nullable: true, description: 'Null: it says nothing of it.' })
  form?: ProtectionKind | null;
}

@InputType({ description: 'What to change of the policy; what is left out stays as it is.' })
export class ProtectionPolicyInput {
  @Field(() => ProtectionChoiceEnum, { nullable: true, description: 'Whether it is signed.' })
  sign?: ProtectionChoice | null;

  @Field(() => ProtectionChoiceEnum, { nullable: true, description: 'Whether it is encrypted.' })
  encrypt?: ProtectionChoice | null;

  @Field(() => MailKeyKindEnum, { nullable: true, description: 'Which form is taken where both can be.' })
  form?: ProtectionKind | null;

  @Field(() => SmimeCipherEnum, { nullable: true, description: 'What S/MIME is encrypted by.' })
  cipher?: SmimeCipher | null;

  @Field(() => KeyTrustEnum, { nullable: true, description: 'Keys that are trusted less are not encrypted to.' })
  leastTrust?: KeyTrust | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether key directories are asked (WKD).' })
  lookUp?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the author's own key opens it too." })
  encryptToSelf?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether header fields are protected (RFC 9788).' })
  protectHeaders?: boolean | null;

  @Field(() => [ProtectionRuleInput], { nullable: true, description: 'In place of all rules; 200 at most.' })
  rules?: ProtectionRuleInput[] | null;
}
