import type { AiReports, AskedCapability } from './ai.js';
import type { Decision } from './disposition.js';
import type { IncomingMessageInput } from './identifiers.js';
import type { StageName, StepName, StepStatus } from './pipeline.js';
import type { ScanAnswers, Scanner } from './scans.js';
import type { MessageStatus } from './status.js';

/** What names a run, and fences every write of it. */
export type RunKey = Pick<IncomingMessageInput, 'organizationId' | 'messageId' | 'runId' | 'runNumber'>;

export interface StageRequest {
  run: IncomingMessageInput;
  stage: StageName;
  /** What regular activities found out for this stage before; see StageReport `needs`. */
  scans: ScanAnswers;
  /** How asking providers for this stage went; absent from what an earlier version sent. */
  ai?: AiReports;
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
  /** Scanners and providers outside are to be asked, side by side, before the stage can go on. */
  | { result: 'needs'; scans: Scanner[]; ai?: AskedCapability[] }
  /** A person paused or canceled it; what was committed stays. */
  | { result: 'paused' }
  | { result: 'canceled' }
  /** Another run of the message has taken over, or this one has ended. */
  | { result: 'fenced' }
  /** The message cannot be processed: its parser was ended. */
  | { result: 'failed'; reason: string };
