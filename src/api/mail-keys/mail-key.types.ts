import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { ProtectionKind } from '../../domain/protection.js';
import { MailKeyKindEnum } from '../graphql/enums.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({
  description: 'A key of S/MIME or OpenPGP: one of our own opens mail, that of a correspondent verifies it.',
})
export class MailKey {
  @Field(() => ID, { description: 'Stays the same when the key is added again.' })
  id!: string;

  @Field(() => MailKeyKindEnum, { description: 'What it is a key of.' })
  kind!: ProtectionKind;

  @Field(() => String, {
    description: 'SHA-256 of a certificate, or fingerprint of an OpenPGP key; hexadecimal. Compare it with its owner.',
  })
  fingerprint!: string;

  @Field(() => [String], { description: 'The mail addresses that it names.' })
  addresses!: string[];

  @Field(() => String, { description: 'Whom it names, in its own words.' })
  subject!: string;

  @Field(() => String, { nullable: true, description: 'Who issued a certificate; null for OpenPGP.' })
  issuer!: string | null;

  @Field(() => String, { description: '`rsa 2048`, `ec prime256v1`, ...' })
  algorithm!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'In force from then on.' })
  validFrom!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'In force until then; null: for good.' })
  validTo!: string | null;

  @Field(() => Boolean, {
    description: 'A certificate authority: signatures whose certificates chain to it are trusted.',
  })
  authority!: boolean;

  @Field(() => Boolean, { description: 'Whether its private part is kept here, sealed, so that it opens mail.' })
  opens!: boolean;

  @Field(() => String, {
    description: 'The certificate in PEM, or the armored public key: to be given to correspondents.',
  })
  publicPart!: string;

  @Field(() => String, { description: 'Who added it first.' })
  createdBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  createdAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'From then on it opens nothing and is not trusted.' })
  revokedAt!: string | null;
}

@InputType({ description: 'A key to add.' })
export class MailKeyInput {
  @Field(() => String, {
    description:
      'An armored OpenPGP key, private or public; PEM with a certificate and, where it shall open mail, its private ' +
      'key; or PKCS #12 in base64. At most 256 K characters.',
  })
  key!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What the private key or the PKCS #12 is locked with. Used once and not kept.',
  })
  passphrase?: string | null;
}
