import { Field, Float, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { SendingVerdict } from '../../domain/outgoing/sending-policy.js';
import { SendingVerdictEnum } from '../graphql/enums.js';

@ObjectType({ description: 'What becomes of outgoing mail in which securityValidation finds something.' })
export class SendingPolicy {
  @Field(() => SendingVerdictEnum, { description: 'A virus scanner knows it.' })
  malware!: SendingVerdict;

  @Field(() => SendingVerdictEnum, { description: 'A scanner is configured and has not looked at its attachments.' })
  unscanned!: SendingVerdict;

  @Field(() => SendingVerdictEnum, { description: 'Programs, scripts, macros, files that hide what they are.' })
  dangerousAttachments!: SendingVerdict;

  @Field(() => SendingVerdictEnum, { description: 'Attachments that no scanner can look into.' })
  encryptedAttachments!: SendingVerdict;

  @Field(() => SendingVerdictEnum, { description: 'Private keys, keys of services, passwords.' })
  secrets!: SendingVerdict;

  @Field(() => SendingVerdictEnum, { description: 'Numbers of payment cards.' })
  cardNumbers!: SendingVerdict;

  @Field(() => SendingVerdictEnum, { description: 'Bank accounts (IBAN).' })
  bankAccounts!: SendingVerdict;

  @Field(() => Float, { description: 'Findings that score less count for nothing, 0 to 1.' })
  leastScore!: number;

  @Field(() => Int, { description: 'Bytes; what is larger is refused.' })
  mostBytes!: number;
}

@InputType({ description: 'What to change of the policy; what is left out stays as it is.' })
export class SendingPolicyInput {
  @Field(() => SendingVerdictEnum, { nullable: true, description: 'A virus scanner knows it.' })
  malware?: SendingVerdict | null;

  @Field(() => SendingVerdictEnum, {
    nullable: true,
    description: 'A scanner is configured and has not looked at its attachments.',
  })
  unscanned?: SendingVerdict | null;

  @Field(() => SendingVerdictEnum, {
    nullable: true,
    description: 'Programs, scripts, macros, files that hide what they are.',
  })
  dangerousAttachments?: SendingVerdict | null;

  @Field(() => SendingVerdictEnum, { nullable: true, description: 'Attachments that no scanner can look into.' })
  encryptedAttachments?: SendingVerdict | null;

  @Field(() => SendingVerdictEnum, { nullable: true, description: 'Private keys, keys of services, passwords.' })
  secrets?: SendingVerdict | null;

  @Field(() => SendingVerdictEnum, { nullable: true, description: 'Numbers of payment cards.' })
  cardNumbers?: SendingVerdict | null;

  @Field(() => SendingVerdictEnum, { nullable: true, description: 'Bank accounts (IBAN).' })
  bankAccounts?: SendingVerdict | null;

  @Field(() => Float, { nullable: true, description: 'Findings that score less count for nothing, 0 to 1.' })
  leastScore?: number | null;

  @Field(() => Int, { nullable: true, description: 'Bytes, 1,024 to 268,435,456.' })
  mostBytes?: number | null;
}
