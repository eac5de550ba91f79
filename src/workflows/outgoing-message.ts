import {
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  rootCause,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  deliveryWorkflowId,
  type DeliveryInput,
  type OutgoingMessageInput,
} from '../domain/outgoing/outgoing-input.js';
import type { OutgoingStage, OutgoingStepReport } from '../domain/outgoing/outgoing-pipeline.js';
import type { Look, OutgoingStageReport } from '../domain/outgoing/outgoing-run.js';
import type { ScanAnswers, Scanner } from '../domain/scans.js';
import type { MessageStatus } from '../domain/status.js';
import { delivery, deliveryHeld, deliveryLook } from './delivery.js';
import {
  cancelDelivery,
  cancelOutgoing,
  lookAtOutgoing,
  lookUpKeys,
  outgoingStage,
  remindOfOutgoing,
  scanActivity,
} from './proxies.js';
import { STATUS } from './search-attributes.js';

export interface OutgoingState {
  stage: OutgoingStage | null;
  look: Look | null;
  steps: OutgoingStepReport[];
}

export const outgoingStateQuery = defineQuery<OutgoingState>('state');
/**
 * A person changed something (undoSend, hold, approve, reschedule, cancel, retryNow): it is committed, and is looked for
 * at once.
 */
export const outgoingLookUpdate = defineUpdate<void>('look');

type Done = Extract<OutgoingStageReport, { result: 'done' }>;

/** Thrown to leave the run where another run or the database ended it. */
class RunOver extends Error {}

/**
 * One outgoing message: composed where that was asked for, prepared, held where a person must see it, then sent by a
 * child for each destination, so that a dead one keeps none of the others back. Postgres says how things stand; the
 * workflow waits and calls, and mail never comes near it.
 */
export async function outgoingMessage(input: OutgoingMessageInput): Promise<MessageStatus> {
  const run = new OutgoingRun(input);
  return run.execute();
}

class OutgoingRun {
  #stage: OutgoingStage | null = null;
  #look: Look | null = null;
  #steps: OutgoingStepReport[] = [];
  #status: MessageStatus = 'PROCESSING';
  #asked = false;
  /** A child waits for a person. */
  #held = false;
  #delivered = false;
  #children: ChildWorkflowHandle<typeof delivery>[] = [];

  constructor(readonly input: OutgoingMessageInput) {
    setHandler(outgoingStateQuery, () => ({ stage: this.#stage, look: this.#look, steps: this.#steps }));
    setHandler(deliveryHeld, () => void (this.#held = true));
    setHandler(outgoingLookUpdate, () => this.#wake(), { description: 'look at what a person changed' });
  }

  async execute(): Promise<MessageStatus> {
    this.#describe();
    try {
      if (this.input.composes) await this.#stageDone('composition');
      const prepared = await this.#stageDone('preparation');
      if (prepared.ended !== null) return this.#end(prepared.ended);
      await this.#until(prepared.look, ['due', 'waits', 'over']);
      const optimized = await this.#stageDone('optimization');
      for (let { look } = optimized; ;) {
        await this.#until(look, ['due', 'over']);
        await this.#deliver();
        const over = await this.#stageDone('delivery');
        if (over.ended !== null) return this.#end(over.ended);
        look = over.look;
      }
    } catch (error) {
      if (isCancellation(error)) {
        await CancellationScope.nonCancellable(() => cancelOutgoing(this.input, 'its workflow was canceled'));
        return this.#end('CANCELED');
      }
      if (!(error instanceof RunOver)) throw error;
      return this.#status;
    }
  }

  async #stageDone(stage: OutgoingStage): Promise<Done> {
    this.#stage = stage;
    let scans: ScanAnswers = {};
    let keysLookedUp = false;
    for (;;) {
      const report = await outgoingStage[stage]({ run: this.input, stage, scans, keysLookedUp });
      switch (report.result) {
        case 'done':
          this.#steps.push(...report.steps);
          this.#look = report.look;
          this.#describe();
          return report;
        case 'needs':
          if (report.scans.length > 0) scans = { ...scans, ...(await this.#scan(report.scans)) };
          // Without an answer, the keys that are known already decide.
          if (report.keys.length > 0) {
            await lookUpKeys(this.input.organizationId, report.keys).catch(() => undefined);
          }
          keysLookedUp = true;
          break;
        case 'fenced':
          throw new RunOver();
      }
    }
  }

  /** Side by side; a scanner that fails keeps none of the others back. */
  async #scan(scanners: readonly Scanner[]): Promise<ScanAnswers> {
    const { organizationId, messageId } = this.input;
    const answers = scanners.map(async (scanner): Promise<ScanAnswers> => {
      const answer = await scanActivity[scanner](organizationId, messageId).catch((error: unknown) => ({
        status: 'failed' as const,
        error: rootCause(error) ?? String(error),
      }));
      return { [scanner]: answer };
    });
    return Object.assign({}, ...(await Promise.all(answers))) as ScanAnswers;
  }

  /** Waits until it is in one of these states: people hold it and let it go, its time comes. There is no end to waiting. */
  async #until(look: Look, states: readonly Look['state'][]): Promise<void> {
    let now = look;
    while (!states.includes(now.state)) {
      const { state, inMs } = now;
      this.#become(state === 'held' ? 'HELD' : 'SCHEDULED');
      const told = inMs === null ? await this.#told() : await condition(() => this.#asked, Math.max(inMs, SHORTEST_MS));
      if (!told && state === 'held') await remindOfOutgoing(this.input);
      this.#asked = false;
      now = await lookAtOutgoing(this.input, this.#stage !== 'preparation');
      this.#look = now;
    }
  }

  async #told(): Promise<boolean> {
    await condition(() => this.#asked);
    return true;
  }

  async #deliver(): Promise<void> {
    const { organizationId, messageId, runNumber, bulk } = this.input;
    const destinations = bulk ? [null] : (this.#look?.destinations ?? []);
    if (this.#look?.state === 'over') return;
    this.#become('SENDING');
    this.#asked = false;
    this.#delivered = false;
    const deliveries = destinations.map(async (destination) => {
      const input = { organizationId, messageId, destination };
      const handle = await startDelivery(input, runNumber);
      this.#children.push(handle);
      // What a person changed while it was being started.
      if (this.#asked) await handle.signal(deliveryLook).catch(() => undefined);
      await endOf(handle, input);
    });
    await Promise.all([Promise.all(deliveries).finally(() => (this.#delivered = true)), this.#remindWhileDelivering()]);
    this.#children = [];
  }

  /** What is held while it is sent waits for a person as what was held before: people are reminded of it. */
  async #remindWhileDelivering(): Promise<void> {
    for (;;) {
      await condition(() => this.#held || this.#delivered);
      if (this.#delivered) return;
      this.#held = false;
      let look = await lookAtOutgoing(this.input, true);
      while (look.state === 'held' && !this.#delivered) {
        this.#become('HELD');
        const inMs = Math.max(look.inMs ?? LONGEST_WAIT_MS, SHORTEST_MS);
        this.#asked = false;
        if (!(await condition(() => this.#asked || this.#delivered, inMs))) await remindOfOutgoing(this.input);
        look = await lookAtOutgoing(this.input, true);
      }
      this.#become('SENDING');
    }
  }

  async #wake(): Promise<void> {
    this.#asked = true;
    // A child that has ended has nothing left to look at.
    await Promise.all(this.#children.map((child) => child.signal(deliveryLook).catch(() => undefined)));
  }

  #end(status: MessageStatus): MessageStatus {
    this.#become(status);
    return status;
  }

  #become(status: MessageStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    upsertSearchAttributes([{ key: STATUS, value: status }]);
    this.#describe();
  }

  /** What the Temporal Web UI shows of the run, for an operator who does not know the code. */
  #describe(): void {
    const steps = this.#steps.map(({ name, status, confidence }) =>
      confidence === null ? `- ${name}: ${status}` : `- ${name}: ${status}, confidence ${confidence.toFixed(2)}`,
    );
    setCurrentDetails(
      `**${this.#status}**${this.#stage ? ` in ${this.#stage}` : ''} (run ${this.input.runNumber} of message ` +
        `${this.input.messageId}, workflow ${workflowInfo().workflowId})\n\n${steps.join('\n')}`,
    );
  }
}

/**
 * Starts the child of a destination. One may be at work already where this run was reset, or lost, in Temporal: its end
 * is waited for, then another one takes what it has left.
 */
async function startDelivery(input: DeliveryInput, runNumber: number): Promise<ChildWorkflowHandle<typeof delivery>> {
  const workflowId = deliveryWorkflowId(input, runNumber);
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await startChild(delivery, {
        workflowId,
        args: [input],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: `Delivery to ${input.destination ?? 'all recipients'}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    await sleep(wait);
    // It is no child of this run's, which cannot tell it at once what people change.
    await getExternalWorkflowHandle(workflowId)
      .signal(deliveryLook)
      .catch(() => undefined);
  }
}

/** A child that an operator ended in Temporal takes its own destination with it, and none of the others. */
async function endOf(child: ChildWorkflowHandle<typeof delivery>, input: DeliveryInput): Promise<void> {
  try {
    await child.result();
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    await cancelDelivery(input);
  }
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** Clocks differ by a little: what is due in no time at all is not asked for in a tight loop. */
const SHORTEST_MS = 50;
