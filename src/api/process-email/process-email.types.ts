import { Field, Float, ID, InputType, ObjectType } from '@nestjs/graphql';
import { OPERATIONS } from '../../domain/pipeline.js';
import type { Json } from '../../domain/json.js';
import type { MessageStatus } from '../../domain/status.js';
import { MessageStatusEnum } from '../graphql/enums.js';
import { JsonScalar } from '../graphql/scalars.js';

@InputType({ description: 'A file of the message.' })
export class AttachmentInput {
  @Field(() => String, { description: '1 to 255 characters.' })
  filename!: string;

  @Field(() => String, { nullable: true, description: 'Guessed from the name where it is left out.' })
  contentType?: string | null;

  @Field(() => String, { description: 'In base64.' })
  content!: string;
}

@InputType({ description: 'A message to process, as an API client gives it.' })
export class ProcessEmailInput {
  @Field(() => String, { description: 'An address, or `Name <address>`.' })
  sender!: string;

  @Field(() => String, { description: 'An address that the organization receives for.' })
  recipient!: string;

  @Field(() => String, { description: 'At most 2,000 characters.' })
  subject!: string;

  @Field(() => String, { description: 'The plain text; at most 5 MB.' })
  content!: string;

  @Field(() => [AttachmentInput], { nullable: true, description: 'At most 50, and 15 MB together.' })
  attachments?: AttachmentInput[] | null;

  @Field(() => [String], {
    nullable: true,
    description: `What to answer with, of ${OPERATIONS.join(', ')}; ai and autonomous where it is left out.`,
  })
  operations?: string[] | null;

  @Field(() => String, { nullable: true, description: 'The flow to run; `incoming` where it is left out.' })
  workflowType?: string | null;
}

@ObjectType({ description: 'What is done to every message.' })
export class CoreProcessing {
  @Field(() => JsonScalar, { nullable: true, description: 'Authentication results, threat level, what was checked.' })
  securityScan!: Json;

  @Field(() => Float, { nullable: true, description: 'Probability of spam.' })
  spamScore!: number | null;

  @Field(() => ID, { nullable: true, description: 'The conversation that it belongs to.' })
  threadId!: string | null;
}

@ObjectType({ description: 'What the language steps say of it.' })
export class AiEnhancements {
  @Field(() => [JsonScalar], {
    nullable: true,
    description: 'What a person could do next: action, label, confidence, explanation.',
  })
  suggestions!: Json[] | null;

  @Field(() => String, { nullable: true, description: 'What it says, in its own sentences.' })
  summary!: string | null;

  @Field(() => JsonScalar, { nullable: true, description: 'The mailboxes it goes to, and where it would belong.' })
  routing!: Json;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'Asked for by `translation`; without a provider the reason.',
  })
  translation!: Json;
}

@ObjectType({ description: 'What the autonomous steps found, foresee and did.' })
export class AutonomousActions {
  @Field(() => [JsonScalar], { nullable: true, description: 'Recommendations: code, explanation.' })
  optimizations!: Json[] | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'Whether an answer is needed, what is due when, whether to archive.',
  })
  predictions!: Json;

  @Field(() => [JsonScalar], { nullable: true, description: 'What was decided, notified and planned to repair.' })
  actions!: Json[] | null;
}

@ObjectType({ description: 'A processed message, or how far it has come.' })
export class ProcessEmailPayload {
  @Field(() => ID, { description: 'Finds it by message(id) and messageEvents(messageId).' })
  messageId!: string;

  @Field(() => MessageStatusEnum, {
    description: 'Final where its run ended in time; else it goes on by itself and the parts below are what is known.',
  })
  status!: MessageStatus;

  @Field(() => CoreProcessing, { description: 'Done to every message, whatever was asked for.' })
  coreProcessing!: CoreProcessing;

  @Field(() => AiEnhancements, { nullable: true, description: 'Null where neither ai nor translation was asked for.' })
  aiEnhancements!: AiEnhancements | null;

  @Field(() => AutonomousActions, { nullable: true, description: 'Null where autonomous was not asked for.' })
  autonomousActions!: AutonomousActions | null;

  @Field(() => Float, {
    description: "Milliseconds from its commit to its run's end; until now where it has not ended.",
  })
  processingTime!: number;

  @Field(() => Float, { nullable: true, description: 'Over the steps that ended; null where none has.' })
  confidence!: number | null;
}
