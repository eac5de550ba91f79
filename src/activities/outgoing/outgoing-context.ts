import type { OutgoingFacts, OutgoingRecipient } from '../../adapters/outgoing/outgoing-facts.js';
import type { CommittedStep } from '../../adapters/runs/run-store.js';
import type { Finding } from '../../domain/findings.js';
import type { OutgoingMessageInput } from '../../domain/outgoing/outgoing-input.js';
import type { OutgoingStep } from '../../domain/outgoing/outgoing-pipeline.js';
import type { OutgoingOutcomes } from '../../domain/outgoing/outcomes.js';
import type { OutgoingSettings } from '../../domain/outgoing/outgoing-settings.js';
import type { ScanAnswers } from '../../domain/scans.js';
import type { FlowStep } from '../step-definition.js';

/** What an organization is, as far as what it sends goes. */
export interface SendingOrganization {
  timeZone: string;
  domains: string[];
  settings: OutgoingSettings;
}

/** What the steps of an outgoing run know. */
export class OutgoingContext {
  readonly #steps = new Map<OutgoingStep, CommittedStep<OutgoingStep>>();
  /** What scanners outside the machine answered. */
  scans: ScanAnswers = {};
  readonly readAt = Date.now();

  constructor(
    readonly run: OutgoingMessageInput,
    readonly facts: OutgoingFacts,
    /** At most RECIPIENTS_READ of them: a send to many is read as it goes. */
    readonly recipients: readonly OutgoingRecipient[],
    readonly recipientCount: number,
    readonly organization: SendingOrganization,
    steps: readonly CommittedStep<OutgoingStep>[],
  ) {
    for (const step of steps) this.#steps.set(step.name, step);
  }

  step(name: OutgoingStep): CommittedStep<OutgoingStep> | undefined {
    return this.#steps.get(name);
  }

  get steps(): readonly CommittedStep<OutgoingStep>[] {
    return [...this.#steps.values()];
  }

  /** What a step said; null where it has not run, failed, or said nothing. */
  outcome<Name extends OutgoingStep>(name: Name): OutgoingOutcomes[Name] | null {
    const step = this.#steps.get(name);
    if (step === undefined || step.status === 'FAILED' || step.status === 'UNAVAILABLE') return null;
    return step.outcome as OutgoingOutcomes[Name] | null;
  }

  add(step: CommittedStep<OutgoingStep>, _findings: readonly Finding[]): void {
    this.#steps.set(step.name, step);
  }
}

/** Of a message to many, its checks see the first so many recipients. */
export const RECIPIENTS_READ = 1_000;

export type OutgoingStepOf<Name extends OutgoingStep> = FlowStep<Name, OutgoingContext, OutgoingOutcomes[Name]>;
export type OutgoingSteps = { [Name in OutgoingStep]: OutgoingStepOf<Name> };
