import type { Scanner, ScanAnswers } from '../scans.js';
import type { MessageStatus } from '../status.js';
import type { OutgoingStage, OutgoingStepReport } from './outgoing-pipeline.js';
import type { OutgoingMessageInput } from './outgoing-input.js';
import type { Verdict } from './outcomes.js';

export interface OutgoingStageRequest {
  run: OutgoingMessageInput;
  stage: OutgoingStage;
  /** What regular activities found out for this stage before; see OutgoingStageReport `needs`. */
  scans: ScanAnswers;
  /** Whether keys of recipients were looked up outside already. */
  keysLookedUp: boolean;
}

/** What of a message waits, for whom and for how long. */
export interface Look {
  /** `held`: for a person; `waits`: for its time; `due`: it may leave; `over`: nothing is left to be sent. */
  state: 'held' | 'waits' | 'due' | 'over';
  /** Milliseconds: until it may leave, or until people are reminded of it; null: no time is set. */
  inMs: number | null;
  /** Domains of the recipients that are left; empty for a bulk send. */
  destinations: string[];
}

/** What a workflow learns of a stage: small, no mail. Everything else is committed under the run. */
export type OutgoingStageReport =
  | { result: 'done'; steps: OutgoingStepReport[]; verdict: Verdict; look: Look; ended: MessageStatus | null }
  /** What leaves the machine is to be asked, side by side, before the stage can go on. */
  | {
      result: 'needs';
      scans: Scanner[];
      /** Addresses whose keys are to be looked up. */
      keys: string[];
    }
  /** Another run of the message has taken over, or this one has ended. */
  | { result: 'fenced' };
