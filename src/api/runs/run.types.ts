import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { Severity } from '../../domain/findings.js';
import type { Json } from '../../domain/json.js';
import type { Lane } from '../../domain/lane.js';
import type { StepStatus } from '../../domain/pipeline.js';
import type { MessageStatus } from '../../domain/status.js';
import { LaneEnum, MessageStatusEnum, SeverityEnum, StepStatusEnum } from '../graphql/enums.js';
import { DateTimeScalar, JsonScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'One piece of evidence about a message.' })
export class Finding {
  @Field(() => String, { description: 'A stable name: `attachment.executable`, `auth.dmarc.fail`.' })
  code!: string;

  @Field(() => SeverityEnum, { description: 'How grave it is.' })
  severity!: Severity;

  @Field(() => Float, {
    description: 'How much it weighs: 0 nothing, 1 certain harm, below 0 it speaks for the message.',
  })
  score!: number;

  @Field(() => String, { description: 'One sentence that names what was seen.' })
  explanation!: string;

  @Field(() => String, { description: 'The step that found it.' })
  step!: string;
}

@ObjectType({ description: 'The newest attempt of one step of a run.' })
export class Step {
  @Field(() => String, { description: '`parsing`, `spamDetection`, ...' })
  name!: string;

  @Field(() => StepStatusEnum, { description: 'How it stands or ended.' })
  status!: StepStatus;

  @Field(() => DateTimeScalar, { description: 'When this attempt began.' })
  startedAt!: string;

  @Field(() => Float, { nullable: true, description: 'Milliseconds; null while it runs.' })
  durationMs!: number | null;

  @Field(() => Float, { nullable: true, description: '0 to 1, computed from its evidence; null while it runs.' })
  confidence!: number | null;

  @Field(() => JsonScalar, { nullable: true, description: 'What it says of the message; each step has its own form.' })
  outcome!: Json;

  @Field(() => String, { nullable: true, description: 'Why it fell short; null where it did not.' })
  error!: string | null;

  @Field(() => String, { nullable: true, description: 'A stable name of that error.' })
  errorCode!: string | null;

  @Field(() => Int, { description: 'Counted from 1; a repaired step has more than one.' })
  attempt!: number;

  @Field(() => String, { nullable: true, description: 'What computed the outcome.' })
  engine!: string | null;

  @Field(() => String, { nullable: true, description: 'Its version.' })
  engineVersion!: string | null;

  @Field(() => Boolean, { description: 'Taken from an earlier step with the same input.' })
  fromCache!: boolean;

  @Field(() => [Step], {
    description:
      'Its earlier attempts, newest first: what answered while a provider failed that was asked again later.',
  })
  earlier!: Step[];
}

@ObjectType({ description: 'A part of a run: `reception`, `enhancement`, `autonomy`, `publication`.' })
export class Stage {
  @Field(() => String, { description: 'One of the four.' })
  name!: string;

  @Field(() => StepStatusEnum, { description: 'RUNNING while a step runs, else the worst of its steps that began.' })
  status!: StepStatus;

  @Field(() => Float, { nullable: true, description: 'The mean over its steps; a failed one counts 0.' })
  confidence!: number | null;

  @Field(() => [Step], { description: 'The steps that began, in the order of the flow.' })
  steps!: Step[];
}

@ObjectType({ description: 'One execution of the flow over a message: one Temporal workflow.' })
export class Run {
  @Field(() => ID, { description: 'What events name as runId.' })
  id!: string;

  @Field(() => Int, { description: 'Counted from 1 for each message.' })
  number!: number;

  @Field(() => String, { description: 'Finds it in the Temporal Web UI.' })
  workflowId!: string;

  @Field(() => MessageStatusEnum, { description: 'Where it is.' })
  status!: MessageStatus;

  @Field(() => Float, { nullable: true, description: '0.4 core + 0.4 AI + 0.2 autonomous; null until it has ended.' })
  confidence!: number | null;

  @Field(() => LaneEnum, { description: 'Chosen by backlog when it was started.' })
  lane!: Lane;

  @Field(() => DateTimeScalar, { description: 'When it was committed.' })
  openedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When Temporal took it; null while it waits.' })
  startedAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it reached a final status.' })
  endedAt!: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'What was decided: disposition and reason, by recipient where they differ, and what rules did besides.',
  })
  decision!: Json;
}
