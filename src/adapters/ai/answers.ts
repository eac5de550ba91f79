import type { ProviderAnswers, StoredAnswer, StoredAnswers } from '../../domain/ai-answers.js';
import { ASKED_CAPABILITIES, type AnsweredBy, type AskedCapability } from '../../domain/ai.js';
import { storableJson } from '../../domain/json.js';
import type { Database } from '../database/database.js';
import { openJson, sealSecret } from '../secrets/sealed-secret.js';
import { readAnsweredBy, readProviderAnswer } from './answer-forms.js';

export interface AnswerPlace<Capability extends AskedCapability = AskedCapability> {
  organizationId: string;
  messageId: string;
  runId: string;
  capability: Capability;
  /** What a person wants of the message (`translationTarget`); empty: what the step of the run asked. */
  target: string;
}

/** What is kept of an answer. */
export interface AnswerToKeep<Capability extends AskedCapability> extends StoredAnswer<Capability> {
  inputHash: Buffer;
  /** Whether it answers all that was asked. */
  whole: boolean;
  /** It is about mail that arrived encrypted: it is kept under the secret key. */
  sealed: boolean;
}

interface Row extends Record<string, unknown> {
  answer: unknown;
  sealed: Buffer | null;
  answeredBy: unknown;
  inputHash: Buffer;
}

const COLUMNS = 'answer, sealed, answered_by as "answeredBy", input_hash as "inputHash"';
/** Locked against its deletion: an answer must not be written behind the back of who deletes the message's text. */
const NOT_DELETED = 'select from messages where id = $3 and deleted_at is null for share';

/**
 * What providers answered. An answer that cannot be read (of an earlier version, damaged, sealed under another key) is
 * taken for none.
 */
export class ProviderAnswerStore {
  readonly #database: Database;
  readonly #secretKey: Buffer | null;

  /** @param secretKey opens and seals answers about mail that arrived encrypted; without one none was opened here */
  constructor(database: Database, secretKey: Buffer | null) {
    this.#database = database;
    this.#secretKey = secretKey;
  }

  /** Whether the run has that answer already, whole and readable. */
  async has(place: AnswerPlace): Promise<boolean> {
    const [row] = await this.#database.oneOfOrganization<Row>(
      place.organizationId,
      `select ${COLUMNS} from ai_answers where run_id = $1 and capability = $2 and target = $3 and whole`,
      [place.runId, place.capability, place.target],
    );
    return row !== undefined && this.#read(place, row) !== null;
  }

  /** Takes the organization's answer to the same question for this run; false where there is none. */
  async takeKnown(place: AnswerPlace, inputHash: Buffer, sealed: boolean): Promise<boolean> {
    const [row] = await this.#database.oneOfOrganization<Row>(
      place.organizationId,
      `select ${COLUMNS} from ai_answers where organization_id = $1 and input_hash = $2 and whole
       order by answered_at desc limit 1`,
      [place.organizationId, inputHash],
    );
    const known = row === undefined ? null : this.#read(place, row);
    if (known === null) return false;
    const free = { durationMs: 0, cost: 0, tokens: { input: 0, output: 0 } };
    const answeredBy: AnsweredBy = { ...known.answeredBy, ...free };
    // Where it is the run's own answer, what it cost stays with it.
    const kept = `case when ai_answers.whole and ai_answers.input_hash = excluded.input_hash
      then ai_answers.answered_by else excluded.answered_by end`;
    return this.#write(place, { ...known, answeredBy, inputHash, whole: true, sealed }, kept);
  }

  async keep<Capability extends AskedCapability>(
    place: AnswerPlace<Capability>,
    answer: AnswerToKeep<Capability>,
  ): Promise<void> {
    await this.#write(place, answer, 'excluded.answered_by');
  }

  /** What was answered for the steps of a run. */
  async ofRun(organizationId: string, runId: string): Promise<StoredAnswers> {
    const rows = await this.#database.oneOfOrganization<Row & { capability: AskedCapability }>(
      organizationId,
      `select capability, ${COLUMNS} from ai_answers where run_id = $1 and target = ''`,
      [runId],
    );
    const answers: StoredAnswers = {};
    for (const row of rows) {
      const { capability } = row;
      const read = ASKED_CAPABILITIES.includes(capability) ? this.#read({ organizationId, capability }, row) : null;
      if (read !== null) Object.assign(answers, { [capability]: read });
    }
    return answers;
  }

  /** What was answered for a person who reads the run's message; null where nothing was. */
  async one<Capability extends AskedCapability>(
    place: Omit<AnswerPlace<Capability>, 'messageId'>,
  ): Promise<StoredAnswer<Capability> | null> {
    const [row] = await this.#database.oneOfOrganization<Row>(
      place.organizationId,
      `select ${COLUMNS} from ai_answers where run_id = $1 and capability = $2 and target = $3`,
      [place.runId, place.capability, place.target],
    );
    return row === undefined ? null : this.#read(place, row);
  }

  #read<Capability extends AskedCapability>(
    { organizationId, capability }: Pick<AnswerPlace<Capability>, 'organizationId' | 'capability'>,
    row: Row,
  ): StoredAnswer<Capability> | null {
    const { sealed, inputHash } = row;
    const stored =
      sealed === null ? row.answer : openJson(this.#secretKey, sealed, contextOf(organizationId, inputHash));
    const answer = readProviderAnswer(capability, stored);
    const answeredBy = readAnsweredBy(row.answeredBy);
    return answer === null || answeredBy === null ? null : { answer, answeredBy };
  }

  async #write<Capability extends AskedCapability>(
    { organizationId, runId, messageId, capability, target }: AnswerPlace<Capability>,
    { answer, answeredBy, inputHash, whole, sealed }: AnswerToKeep<Capability>,
    answeredByOnConflict: string,
  ): Promise<boolean> {
    const json = storableJson(answer satisfies ProviderAnswers[Capability]);
    const box =
      sealed && this.#secretKey !== null
        ? sealSecret(this.#secretKey, json, contextOf(organizationId, inputHash))
        : null;
    const rows = await this.#database.oneOfOrganization(
      organizationId,
      `insert into ai_answers
         (organization_id, run_id, message_id, capability, target, answer, sealed, answered_by, input_hash, whole)
       select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 from (${NOT_DELETED}) present
       on conflict (run_id, capability, target) do update set answer = excluded.answer, sealed = excluded.sealed,
         answered_by = ${answeredByOnConflict}, input_hash = excluded.input_hash, whole = excluded.whole,
         answered_at = now()
       returning true`,
      [
        organizationId,
        runId,
        messageId,
        capability,
        target,
        box === null ? json : null,
        box,
        JSON.stringify(answeredBy),
        inputHash,
        whole,
      ],
    );
    return rows.length > 0;
  }
}

/** Equal questions of an organization share their answer: it opens in the row of each of them, and nowhere else. */
const contextOf = (organizationId: string, inputHash: Buffer) =>
  `aiAnswer ${organizationId} ${inputHash.toString('hex')}`;
