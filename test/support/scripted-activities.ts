import { v7 as uuidv7 } from 'uuid';
import type { AiActivities } from '../../src/activities/ai.activities.js';
import type { IncomingActivities } from '../../src/activities/incoming.activities.js';
import type { ScanActivities } from '../../src/activities/scan.activities.js';
import type { AiReport, AskedCapability } from '../../src/domain/ai.js';
import { statusFor, type Decision } from '../../src/domain/disposition.js';
import type { IncomingMessageInput } from '../../src/domain/identifiers.js';
import { stepsOf, type StageName } from '../../src/domain/pipeline.js';
import type { StageReport, StageRequest } from '../../src/domain/run.js';
import type { ScanAnswers, Scanner } from '../../src/domain/scans.js';

/** What a stage answers: a report, or what gives one (and may wait or throw). */
export type ScriptedReport = StageReport | ((request: StageRequest) => StageReport | Promise<StageReport>);

type Answer<Name extends Scanner> = NonNullable<ScanAnswers[Name]>;

/** What the activities of one run answer, in order; a stage whose answers are used up is done. */
export interface Script {
  stages?: Partial<Record<StageName, ScriptedReport[]>>;
  scans?: { [Name in Scanner]?: () => Answer<Name> | Promise<Answer<Name>> };
  ai?: Partial<Record<AskedCapability, () => AiReport | Promise<AiReport>>>;
}

export type ActivityCall =
  | ({ activity: 'runStage' } & Omit<StageRequest, 'run'>)
  | { activity: 'waitRun'; status: string; decision: Decision | null }
  | { activity: 'endRun'; status: string; reason: string }
  | { activity: 'scan'; scanner: Scanner }
  | { activity: 'askAi'; capability: AskedCapability };

export interface ScriptedRun {
  input: IncomingMessageInput;
  /** What the workflow asked for, in order. */
  calls: ActivityCall[];
}

export const DELIVER: Decision = { disposition: 'deliver', reason: 'nothing speaks against it' };
export const HOLD: Decision = { disposition: 'hold', reason: 'its sender looks like your own' };

/** Activities without mail and database: each run answers by its own script, and what was called is kept. */
export class ScriptedActivities {
  readonly #runs = new Map<string, ScriptedRun & { script: Script }>();

  add(script: Script = {}): ScriptedRun {
    const messageId = uuidv7();
    const input: IncomingMessageInput = {
      organizationId: uuidv7(),
      messageId,
      runId: uuidv7(),
      runNumber: 1,
      lane: 'normal',
      asked: [],
      decided: null,
    };
    const run = { input, calls: [], script };
    this.#runs.set(messageId, run);
    return run;
  }

  readonly mail: IncomingActivities = {
    runStage: async (request) => {
      const { calls, script } = this.#of(request.run.messageId);
      const { run: _, ...asked } = request;
      calls.push({ activity: 'runStage', ...asked });
      const scripted = script.stages?.[request.stage]?.shift() ?? doneReport;
      return typeof scripted === 'function' ? scripted(request) : scripted;
    },
    waitRun: async (run, status, decision) => {
      this.#of(run.messageId).calls.push({ activity: 'waitRun', status, decision });
    },
    endRun: async (run, status, reason) => {
      this.#of(run.messageId).calls.push({ activity: 'endRun', status, reason });
    },
  };

  readonly scan: ScanActivities = {
    askClamd: async (_organizationId, messageId) => this.#scan(messageId, 'clamd'),
    askRspamd: async (_organizationId, messageId) => this.#scan(messageId, 'rspamd'),
    askSpamAssassin: async (_organizationId, messageId) => this.#scan(messageId, 'spamassassin'),
  };

  readonly ai: Pick<AiActivities, 'askAi'> = {
    askAi: async (asked, capability) => {
      const { calls, script } = this.#of(asked.messageId);
      calls.push({ activity: 'askAi', capability });
      const answer = script.ai?.[capability];
      if (answer === undefined) throw new Error(`this run expects no question for ${capability}`);
      return answer();
    },
  };

  async #scan<Name extends Scanner>(messageId: string, scanner: Name): Promise<Answer<Name>> {
    const { calls, script } = this.#of(messageId);
    calls.push({ activity: 'scan', scanner });
    const answer = script.scans?.[scanner];
    if (answer === undefined) throw new Error(`this run expects no scan by ${scanner}`);
    return answer();
  }

  #of(messageId: string) {
    const run = this.#runs.get(messageId);
    if (run === undefined) throw new Error(`no script for message ${messageId}`);
    return run;
  }
}

/** All steps of the stage are done; `autonomy` decides to deliver unless told otherwise. */
export function doneReport(request: StageRequest, decision: Decision = DELIVER): StageReport {
  const { stage, run } = request;
  const steps = stepsOf(stage, run.asked).map((name) => ({ name, status: 'DONE' as const, confidence: 0.9 }));
  return { result: 'done', steps, decision: stage === 'autonomy' ? decision : null, ended: endedWith(request) };
}

function endedWith({ stage, decision }: StageRequest) {
  if (stage !== 'publication') return null;
  if (decision === null || decision.disposition === 'hold') throw new Error('publication needs a final decision');
  return statusFor(decision.disposition);
}
