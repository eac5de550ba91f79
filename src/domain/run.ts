import type { Decision } from './disposition.js';
import type { IncomingMessageInput } from './identifiers.js';
import type { StageName, StepName, StepStatus } from './pipeline.js';
import type { MessageStatus } from './status.js';

/** What names a run, and fences every write of it. */
export type RunKey = Pick<IncomingMessageInput, 'organizationId' | 'messageId' | 'runId' | 'runNumber'>;

/** What rspamd said of a message, or why it said nothing. */
export type RspamdAnswer =
  | { status: 'answered'; score: number; required: number; action: string; symbols: { name: string; score: number }[] }
  | { status: 'failed'; error: string };

export interface StageRequest {
  run: IncomingMessageInput;
  stage: StageName;
  /** What regular activities found out for this stage before; see StageReport `needs`. */
  rspamd: RspamdAnswer | null;
  /** A person resumed the run: a pause that its control row still asks for is over. */
  resumed: boolean;
  /** What was decided after `autonomy`, for `publication`. */
  decision: Decision | null;
}

export interface StepReport {
  name: StepName;
  status: StepStatus;
  confidence: number | null;
}

/** What a workflow learns of a stage: small, no mail. Everything else is committed under the run. */
export type StageReport =
  /** All steps are committed. `decision` is there after `autonomy`, `ended` after `publication`. */
  | { result: 'done'; steps: StepReport[]; decision: Decision | null; ended: MessageStatus | null }
  /** A service outside the machine is wanted before the stage can go on. */
  | { result: 'needs'; service: 'rspamd' }
  /** A person paused or canceled it; what was committed stays. */
  | { result: 'paused' }
  | { result: 'canceled' }
  /** Another run of the message has taken over, or this one has ended. */
  | { result: 'fenced' }
  /** The message cannot be processed: its parser was ended. */
  | { result: 'failed'; reason: string };
