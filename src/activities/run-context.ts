import { createHash } from 'node:crypto';
import type { CommittedStep, OrganizationFacts, RunFacts } from '../adapters/runs/run-store.js';
import type { AiReports } from '../domain/ai.js';
import type { StoredAnswers } from '../domain/ai-answers.js';
import type { Correspondent } from '../domain/correspondent.js';
import type { Decision } from '../domain/disposition.js';
import type { StoredVector } from '../domain/embedding.js';
import type { Finding } from '../domain/findings.js';
import type { IncomingMessageInput } from '../domain/identifiers.js';
import type { MailOrigin, StepOutcomes } from '../domain/outcomes.js';
import type { ParsedMessage } from '../domain/parsed-message.js';
import type { StepName } from '../domain/pipeline.js';
import { NOTHING_TAUGHT } from '../engines/spam/learned-scopes.js';
import type { AppliedModel } from './learned-models-cache.js';
import type { AppliedLessons } from './learned-spam-cache.js';
import type { ScanAnswers } from '../domain/scans.js';

const NO_LESSONS: AppliedLessons = { scopes: NOTHING_TAUGHT, version: '' };

/** What the steps of a run know: the message's facts, its parsed form, and what earlier steps said. */
export class RunContext {
  readonly #steps = new Map<StepName, CommittedStep>();
  readonly #findings: (Finding & { step: StepName })[];
  #parsed: ParsedMessage | null = null;
  #contentHash: string | null = null;
  /** Correspondents who are its author or could be taken for it; read when it is parsed. */
  correspondents: readonly Correspondent[] = [];
  /** What scanners outside the machine answered. */
  scans: ScanAnswers = {};
  /** How asking providers went, and what they answered. */
  ai: AiReports = {};
  answers: StoredAnswers = {};
  /** What was decided after autonomy; for publication. */
  decision: Decision | null = null;
  /** The bytes as received; kept while reception reads them. */
  bytes: Buffer | null = null;
  cacheLookups = 0;
  /** What it is about, once somebody asked for it (message-vectors.ts). */
  vector: Promise<StoredVector> | null = null;
  /** What of it tells of meaning, for what learns from it; null where words alone stand for the message. */
  meaning: StoredVector | null = null;
  /** When it was read here: what a person asked before that, its row said. */
  readonly readAt = Date.now();
  /** Whether a stage of it was begun here. */
  begun = false;
  /** Whether the organization has analysed this content before; asked for once. */
  knownContent: Promise<boolean> | null = null;

  constructor(
    readonly run: IncomingMessageInput,
    readonly facts: RunFacts,
    readonly organization: OrganizationFacts,
    /** What people taught the spam filter for it. */
    readonly spamLessons: AppliedLessons = NO_LESSONS,
    /** What was learned from corrections of other answers. */
    readonly learned: readonly AppliedModel[] = [],
  ) {
    this.#findings = [...facts.findings];
    for (const step of facts.steps) this.#steps.set(step.name, step);
  }

  get parsed(): ParsedMessage {
    if (this.#parsed === null) throw new Error('the message is not parsed yet');
    return this.#parsed;
  }

  set parsed(parsed: ParsedMessage) {
    this.#parsed = parsed;
    const { subject, newText, html } = parsed;
    this.#contentHash = createHash('sha256')
      .update(JSON.stringify([subject, newText, html]))
      .digest('base64url');
  }

  get isParsed(): boolean {
    return this.#parsed !== null;
  }

  /** Stands for subject, new text and HTML in the input of a step that reads them. */
  get contentHash(): string {
    if (this.#contentHash === null) throw new Error('the message is not parsed yet');
    return this.#contentHash;
  }

  /** Whether what it says was, or may be, opened by a key: no second copy of it lies in the clear. */
  get arrivedEncrypted(): boolean {
    return this.parsed.protection?.encrypted === true;
  }

  /** What a step said; null where it has not run, failed, or said nothing. */
  outcome<Name extends StepName>(name: Name): StepOutcomes[Name] | null {
    const step = this.#steps.get(name);
    if (step === undefined || step.status === 'FAILED' || step.status === 'UNAVAILABLE') return null;
    return step.outcome as StepOutcomes[Name] | null;
  }

  /** How often earlier mail of its author was in which language. */
  get languageHistory(): Readonly<Record<string, number>> {
    const address = this.parsed.from[0]?.address.toLowerCase();
    return this.correspondents.find((correspondent) => correspondent.address === address)?.languages ?? {};
  }

  get origin(): MailOrigin {
    return this.outcome('parsing')?.origin ?? 'person';
  }

  /** All findings of the run so far. */
  get findings(): readonly (Finding & { step: StepName })[] {
    return this.#findings;
  }

  get steps(): readonly CommittedStep[] {
    return [...this.#steps.values()];
  }

  step(name: StepName): CommittedStep | undefined {
    return this.#steps.get(name);
  }

  add(step: CommittedStep, findings: readonly Finding[]): void {
    this.#steps.set(step.name, step);
    this.#findings.push(...findings.map((finding) => ({ ...finding, step: step.name })));
  }
}
