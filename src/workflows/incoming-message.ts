import {
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  isCancellation,
  rootCause,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import type { AiReports, AskedCapability } from '../domain/ai.js';
import { decidedByPerson, type Decision } from '../domain/disposition.js';
import type { IncomingMessageInput } from '../domain/identifiers.js';
import type { StageName } from '../domain/pipeline.js';
import type { StageReport, StepReport } from '../domain/run.js';
import type { ScanAnswers, ScanFailure, Scanner } from '../domain/scans.js';
import { commandEffect, isFinal, type Command, type MessageStatus } from '../domain/status.js';
import { asAiFailure } from './ai-failure.js';
import { aiActivity, endRun, scanActivity, stageActivity, waitRun } from './proxies.js';
import { STATUS } from './search-attributes.js';

export interface RunState {
  status: MessageStatus;
  stage: StageName | null;
  steps: StepReport[];
  decision: Decision | null;
}

export const stateQuery = defineQuery<RunState>('state');
export const pauseUpdate = defineUpdate<MessageStatus, [by: string]>('pause');
export const resumeUpdate = defineUpdate<MessageStatus, [by: string]>('resume');
export const cancelUpdate = defineUpdate<MessageStatus, [by: string]>('cancel');
export const releaseUpdate = defineUpdate<MessageStatus, [by: string]>('release');
export const rejectUpdate = defineUpdate<MessageStatus, [by: string]>('reject');

type Done = Extract<StageReport, { result: 'done' }>;

/** Thrown to leave the run where a person or another run ended it. */
class RunOver extends Error {}

/** The failure itself says only that an activity failed. */
function asScanFailure(error: unknown): ScanFailure {
  return { status: 'failed', error: rootCause(error) ?? String(error) };
}

/** Payloads are history: what nobody was asked for is left out of them. */
function asked(ai: AiReports): { ai?: AiReports } {
  return Object.keys(ai).length === 0 ? {} : { ai };
}

function ignoreRunOver(error: unknown): void {
  if (!(error instanceof RunOver)) throw error;
}

/**
 * One run of the incoming flow over one message: four stages, the disposition after the third, and whatever a person
 * asks of it meanwhile. It decides and waits; mail never comes near it.
 *
 * Commands are committed as the run's control row before they come here as updates: updates wait while a stage's local
 * activity runs, and the stage reads the row before each of its steps.
 */
export async function incomingMessage(input: IncomingMessageInput): Promise<MessageStatus> {
  const run = new IncomingRun(input);
  return run.execute();
}

class IncomingRun {
  #status: MessageStatus = 'PROCESSING';
  #stage: StageName | null = null;
  #steps: StepReport[] = [];
  #decision: Decision | null = null;
  /** What a person last asked for and no stage has heeded yet. */
  #asked: Command | null = null;
  /** What enhancement asked and publication reads. */
  #vector: AiReports = {};

  constructor(readonly input: IncomingMessageInput) {
    setHandler(stateQuery, () => this.#state());
    for (const [update, command] of COMMAND_UPDATES) {
      setHandler(update, (by: string) => this.#ask(command, by), {
        validator: (_by: string) => this.#refuse(command),
        description: `${command} this run`,
      });
    }
  }

  async execute(): Promise<MessageStatus> {
    this.#describe();
    try {
      await this.#stageDone('reception', null);
      await this.#stageDone('enhancement', null);
      const { decision } = await this.#stageDone('autonomy', null);
      this.#decision = decision;
      if (decision?.disposition === 'hold') await this.#hold(decision);
      const published = await this.#stageDone('publication', this.#decision);
      this.#end(published.ended ?? this.#status);
    } catch (error) {
      if (isCancellation(error)) await CancellationScope.nonCancellable(() => this.#cancel()).catch(ignoreRunOver);
      else ignoreRunOver(error);
    }
    return this.#status;
  }

  /** A stage until all its steps are committed, through pauses. */
  async #stageDone(stage: StageName, decision: Decision | null): Promise<Done> {
    this.#stage = stage;
    let scans: ScanAnswers = {};
    let ai: AiReports = stage === 'publication' ? this.#vector : {};
    let resumed = false;
    for (;;) {
      if (this.#asked === 'cancel') await this.#cancel();
      if (this.#asked === 'pause') {
        await waitRun(this.input, 'PAUSED', null);
        await this.#paused();
        resumed = true;
      }
      const report = await stageActivity[stage]({ run: this.input, stage, scans, ...asked(ai), resumed, decision });
      // Told once: a pause that comes after it is another one.
      resumed = false;
      switch (report.result) {
        case 'done':
          // A resume that met no pause must not end one that comes later.
          if (this.#asked === 'resume') this.#asked = null;
          this.#steps.push(...report.steps);
          if (stage === 'enhancement' && ai.embedding !== undefined) this.#vector = { embedding: ai.embedding };
          this.#describe();
          return report;
        case 'needs':
          if (report.scans.length > 0) scans = { ...scans, ...(await this.#scan(report.scans)) };
          if (report.ai !== undefined) ai = { ...ai, ...(await this.#askProviders(report.ai)) };
          break;
        case 'paused':
          await this.#paused();
          resumed = true;
          break;
        case 'canceled':
          await this.#cancel();
          break;
        case 'failed':
          this.#end('FAILED');
          throw new RunOver();
        case 'fenced':
          throw new RunOver();
      }
    }
  }

  /** Side by side; a scanner that fails keeps none of the others back. */
  async #scan(scanners: readonly Scanner[]): Promise<ScanAnswers> {
    const { organizationId, messageId } = this.input;
    const answers = scanners.map(async (scanner): Promise<ScanAnswers> => {
      const answer = await scanActivity[scanner](organizationId, messageId).catch(asScanFailure);
      return { [scanner]: answer };
    });
    return Object.assign({}, ...(await Promise.all(answers))) as ScanAnswers;
  }

  /** Side by side; a provider that fails keeps none of the others back, and a person who cancels waits for none. */
  async #askProviders(capabilities: readonly AskedCapability[]): Promise<AiReports> {
    const { organizationId, messageId, runId, runNumber } = this.input;
    const run = { organizationId, messageId, runId, runNumber };
    const scope = new CancellationScope();
    const asking = scope.run(() =>
      Promise.all(
        capabilities.map(async (capability): Promise<AiReports> => {
          const report = await aiActivity[capability](run, capability).catch(asAiFailure);
          return { [capability]: report };
        }),
      ),
    );
    await Promise.race([asking, condition(() => this.#asked === 'cancel')]);
    if (this.#asked === 'cancel') scope.cancel();
    return Object.assign({}, ...(await asking)) as AiReports;
  }

  async #paused(): Promise<void> {
    this.#become('PAUSED');
    await condition(() => this.#asked === 'resume' || this.#asked === 'cancel');
    if (this.#asked === 'cancel') await this.#cancel();
    this.#asked = null;
    this.#become('PROCESSING');
  }

  async #hold(decision: Decision): Promise<void> {
    await waitRun(this.input, 'HELD', decision);
    this.#become('HELD');
    await condition(() => this.#asked === 'release' || this.#asked === 'reject' || this.#asked === 'cancel');
    if (this.#asked === 'cancel') await this.#cancel();
    const released = this.#asked === 'release';
    this.#decision = decidedByPerson(decision, released);
    this.#asked = null;
    this.#become('PROCESSING');
  }

  async #cancel(): Promise<never> {
    await endRun(this.input, 'CANCELED', 'a person canceled it');
    this.#end('CANCELED');
    throw new RunOver();
  }

  #ask(command: Command, _by: string): MessageStatus {
    this.#asked = command;
    return this.#status;
  }

  #refuse(command: Command): void {
    const effect = commandEffect(this.#status, command);
    if (effect.effect === 'refused') throw new Error(effect.reason);
    if (isFinal(this.#status)) throw new Error(`the run has ended (${this.#status})`);
  }

  #become(status: MessageStatus): void {
    this.#status = status;
    upsertSearchAttributes([{ key: STATUS, value: status }]);
    this.#describe();
  }

  #end(status: MessageStatus): void {
    this.#become(status);
  }

  #state(): RunState {
    return { status: this.#status, stage: this.#stage, steps: this.#steps, decision: this.#decision };
  }

  /** What the Temporal Web UI shows of the run, for an operator who does not know the code. */
  #describe(): void {
    const steps = this.#steps.map(({ name, status, confidence }) =>
      confidence === null ? `- ${name}: ${status}` : `- ${name}: ${status}, confidence ${confidence.toFixed(2)}`,
    );
    const decided = this.#decision ? `\n\n**${this.#decision.disposition}**: ${this.#decision.reason}` : '';
    setCurrentDetails(
      `**${this.#status}**${this.#stage ? ` in ${this.#stage}` : ''} (run ${this.input.runNumber} of message ` +
        `${this.input.messageId}, workflow ${workflowInfo().workflowId})${decided}\n\n${steps.join('\n')}`,
    );
  }
}

const COMMAND_UPDATES: readonly (readonly [UpdateDefinition<MessageStatus, [by: string]>, Command])[] = [
  [pauseUpdate, 'pause'],
  [resumeUpdate, 'resume'],
  [cancelUpdate, 'cancel'],
  [releaseUpdate, 'release'],
  [rejectUpdate, 'reject'],
];
