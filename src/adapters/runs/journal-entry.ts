import type { CorrespondentKeys } from '../../domain/correspondent.js';
import type { Addressed } from '../../domain/assignment.js';
import type { AiFailure, AskedCapability } from '../../domain/ai.js';
import type { Decision } from '../../domain/disposition.js';
import type { Finding } from '../../domain/findings.js';
import type { AnyStage, AnyStep } from '../../domain/outgoing/outgoing-pipeline.js';
import type { StepName, StepStatus } from '../../domain/pipeline.js';
import type { SignalEvidence } from '../../domain/outgoing/signal.js';
import type { HarvestedKey } from '../../domain/recipient-key.js';
import type { RunKey } from '../../domain/run.js';
import type { SentMail } from '../../domain/sent-mail.js';
import type { FinalStatus, MessageStatus } from '../../domain/status.js';

/** One step's record, as the steps table keeps it. */
export interface StepRecord<Name extends AnyStep = AnyStep> {
  stage: AnyStage;
  name: Name;
  attempt: number;
  status: StepStatus;
  startedAt: Date;
  durationMs: number | null;
  confidence: number | null;
  outcome: object | null;
  error: { code: string; message: string } | null;
  inputHash: Buffer | null;
  engine: string | null;
  engineVersion: string | null;
  ruleVersion: string | null;
  modelVersion: string | null;
  fromCache: boolean;
  findings: Finding[];
}

/** Something a run does outside its own rows: done once by message, kind and target, however often it is asked for. */
export type SideEffect =
  | { kind: 'notification'; target: string; notification: { kind: string; recipient: string; text: string } }
  | { kind: 'counters'; target: string; counters: Record<string, number> }
  /** A rule forwards what `recipient` gets to the address `target`. */
  | { kind: 'forward'; target: string; recipient: string }
  /** Its delivery makes the author, `target`, a correspondent. */
  | {
      kind: 'correspondent';
      target: string;
      keys: CorrespondentKeys;
      language: string | null;
      utcOffset: number | null;
    }
  /** A provider failed at `target`, and is asked again then (ISO 8601). */
  | { kind: 'owed'; target: AskedCapability; step: StepName; failure: AiFailure; dueAt: string }
  /** Its author is the organization's own: what he writes is learned. */
  | { kind: 'sentMail'; target: string; mail: SentMail }
  /** It brought a key of its author, whose fingerprint is `target`. */
  | { kind: 'recipientKey'; target: string; key: HarvestedKey }
  /** It says something of mail that was sent before. */
  | { kind: 'sentSignal'; target: 'once'; evidence: SignalEvidence }
  /** A rule labels it with `target`. */
  | { kind: 'label'; target: string; setBy: string }
  /** What it is about, in the space `target`; a later run's replaces it. */
  | { kind: 'embedding'; target: string; bytes: Int8Array; byProvider: boolean }
  /** It gets somebody who answers it; who of a team does is chosen when it is written. */
  | { kind: 'assignment'; target: 'once'; addressed: Addressed }
  /** A rule puts what the recipient `target` gets into another mailbox. */
  | { kind: 'redirect'; target: string; mailboxId: string };

/** What is written of a run in one go; all of it commits, or nothing. */
export interface JournalEntry {
  run: RunKey;
  /**
   * A stage begins: the run is PROCESSING again. `resumed` ends a pause that its control row still asks for;
   * `unparsed`: the message has not survived its parsing yet, which is counted.
   */
  begins?: { stage: AnyStage; steps: AnyStep[]; resumed: boolean; unparsed: boolean; buildId: string };
  steps?: StepRecord[];
  effects?: SideEffect[];
  decision?: Decision;
  /** How many steps of the run are committed when this entry is: with fewer there, it is not written. */
  stepsCommitted?: number;
  /** A stage is over. */
  finishes?: { stage: AnyStage; result: string };
  waits?: Extract<MessageStatus, 'PAUSED' | 'HELD' | 'SCHEDULED' | 'SENDING'>;
  ends?: { status: FinalStatus; confidence: number | null; reason: string | null };
  /**
   * Whether the promise stands for bytes on the disk. Without it the write is committed, but a crash of the database
   * server may take its last moments; a later durable entry covers all before it.
   */
  durable: boolean;
  /** Whether the caller can do nothing before it is written. */
  awaited?: boolean;
}

/** `open` is false when another run took over or this one has ended: nothing was written. */
export interface JournalReply {
  open: boolean;
  control: string | null;
  /** How often the run was begun without its message having been parsed. */
  begun: number;
}
