import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { NextHopProtocol, TlsMode } from '../../domain/next-hop.js';
import { NextHopProtocolEnum, TlsModeEnum } from '../graphql/enums.js';
import { DateTimeScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'A domain that the organization receives mail for and sends mail from.' })
export class Domain {
  @Field(() => ID, { description: 'Never changes.' })
  id!: string;

  @Field(() => String, { description: 'In lower case; an internationalized one in ASCII: `xn--bcher-kva.example`.' })
  name!: string;

  @Field(() => DateTimeScalar, { description: 'When it was added.' })
  createdAt!: string;

  @Field(() => Boolean, {
    description: 'Whether mail waits for a person where its active keys cannot be used; else it leaves unsigned.',
  })
  signingRequired!: boolean;

  /** For keyRotationDays. */
  rotationDays!: number | null;

  /** For keyOverlapDays. */
  overlapDays!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the DNS was last asked about it; null: not yet.' })
  checkedAt!: string | null;
}

@ObjectType({ description: 'The mail server behind a domain: what is delivered goes on to it.' })
export class NextHop {
  @Field(() => NextHopProtocolEnum, { description: 'What it speaks.' })
  protocol!: NextHopProtocol;

  @Field(() => String, { nullable: true, description: 'Its name or IP address; null where it has a socket.' })
  host!: string | null;

  @Field(() => Int, { nullable: true, description: 'Its port.' })
  port!: number | null;

  @Field(() => String, { nullable: true, description: 'The path of its Unix socket on the machine of the workers.' })
  socket!: string | null;

  @Field(() => TlsModeEnum, { description: 'Whether it is spoken to encrypted.' })
  tls!: TlsMode;

  @Field(() => String, { nullable: true, description: "Certificates that its own must chain to; null: the system's." })
  ca!: string | null;

  @Field(() => String, { nullable: true, description: 'Who we log in as; null: nobody.' })
  username!: string | null;

  @Field(() => Boolean, { description: 'Whether a password is stored; it is never shown.' })
  hasPassword!: boolean;

  @Field(() => DateTimeScalar, { description: 'When it was last set.' })
  updatedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when it does not answer; null: it does.' })
  downSince!: string | null;

  @Field(() => String, { nullable: true, description: 'What went wrong when it was last tried.' })
  downReason!: string | null;
}

@InputType({ description: 'The mail server behind a domain: host and port, or a socket.' })
export class NextHopInput {
  @Field(() => NextHopProtocolEnum, { description: 'What it speaks.' })
  protocol!: NextHopProtocol;

  @Field(() => String, { nullable: true, description: 'A name or an IP address.' })
  host?: string | null;

  @Field(() => Int, { nullable: true, description: 'For example 24 for LMTP, 25 for SMTP.' })
  port?: number | null;

  @Field(() => String, { nullable: true, description: 'LMTP: the absolute path of a Unix socket.' })
  socket?: string | null;

  @Field(() => TlsModeEnum, { nullable: true, description: 'OPPORTUNISTIC where it is left out; NONE for a socket.' })
  tls?: TlsMode | null;

  @Field(() => String, {
    nullable: true,
    description: 'With REQUIRED: certificates in PEM that its own must chain to.',
  })
  ca?: string | null;

  @Field(() => String, { nullable: true, description: 'To log in as; needs REQUIRED except on this machine.' })
  username?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Stored sealed and never shown; where it is left out and nothing else changes, the stored one stays.',
  })
  password?: string | null;
}

@ObjectType({ description: "The key that seals a domain's mail by ARC (RFC 8617) when it goes on." })
export class ArcKey {
  @Field(() => String, { description: 'Names the key in the DNS.' })
  selector!: string;

  @Field(() => String, { description: 'Where its TXT record stands: `everpost._domainkey.example.org`.' })
  dnsName!: string;

  @Field(() => String, { description: 'What the TXT record says.' })
  dnsRecord!: string;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: string;
}
