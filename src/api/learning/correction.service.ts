import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '../../adapters/database/database.js';
import { answeredOf, readAnswered, type AnsweredMessage } from '../../adapters/learning/answers.js';
import { endCorrection, recordCorrection, type Answered } from '../../adapters/learning/correction-record.js';
import {
  listCorrections,
  readCorrection,
  type CorrectionFilter,
  type CorrectionRecord,
} from '../../adapters/learning/corrections.js';
import { readStoredLabels } from '../../adapters/learning/learned-models.js';
import { withdrawRouteLesson } from '../../adapters/messages/move-message.js';
import { readMessages, type MessageRecord } from '../../adapters/messages/read-messages.js';
import { withdrawSpamLesson } from '../../adapters/organizations/spam-lessons.js';
import { typeLabels, valuesOf } from '../../domain/correction.js';
import type { Viewer } from '../authentication/token-authenticator.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { MAX_PAGE, DEFAULT_PAGE } from '../graphql/pages.js';
import { isUuid } from '../graphql/uuid.js';
import { MoveService } from '../routing/move.service.js';
import { SpamLearningService } from '../spam-learning/spam-learning.service.js';
import type { Correction, CorrectionInput } from './correction.types.js';
import { MailReader } from './mail-reader.js';

export interface CorrectOutcome {
  message: MessageRecord;
  corrections: Correction[];
  changed: boolean;
}

@Injectable()
export class CorrectionService {
  constructor(
    private readonly database: Database,
    private readonly reader: MailReader,
    private readonly spam: SpamLearningService,
    private readonly moves: MoveService,
  ) {}

  /**
   * @throws ApiError NOT_FOUND for the message or the mailbox, BAD_USER_INPUT for a value that there is not, CONFLICT for a
   * message that was not analysed yet or was deleted
   */
  async correct(viewer: Viewer, input: CorrectionInput): Promise<CorrectOutcome> {
    check(input);
    const { messageId, kind, value, scope } = input;
    const mailboxId = input.mailboxId ?? null;
    if (kind === 'SPAM') {
      if (value !== 'spam' && value !== 'ham') throw wrongInput([{ field: 'value', problem: 'must be spam or ham' }]);
      const { changed } = await this.spam.correct(viewer, { messageId, scope, mailboxId }, value === 'spam');
      return this.#outcome(viewer, input, changed);
    }
    if (kind === 'ROUTING') {
      const { moved } = await this.moves.move(viewer, messageId, value, null);
      return this.#outcome(viewer, input, moved);
    }
    return this.#outcome(viewer, input, await this.#teach(viewer, input));
  }

  /** @returns whether anything was new */
  async #teach(viewer: Viewer, { messageId, kind, value, scope, ...given }: CorrectionInput): Promise<boolean> {
    const { organizationId } = viewer;
    const action = given.action ?? '';
    const { message, names } = await this.database.withOrganization(organizationId, async (sql) => ({
      message: await readAnswered(sql, messageId),
      names: typeLabels(await readStoredLabels(sql)).flatMap(({ name, enabled }) => (enabled ? [name] : [])),
    }));
    if (message === null) throw noMessage(messageId);
    const mailboxIds = scope === 'ORGANIZATION' ? [null] : mailboxesOf(message, given.mailboxId ?? null);
    const answered = answeredOf(message, kind, action);
    if (answered === null && message.isDeleted) throw new ApiError('CONFLICT', UNREADABLE);
    if (answered === null) throw notAnswered(kind === 'ACTION' ? action : null);
    const values = valuesOf(kind, names) ?? [];
    const named = values.find((one) => one.toLowerCase() === value.toLowerCase());
    if (named === undefined) throw wrongInput([{ field: 'value', problem: `must be one of ${values.join(', ')}` }]);
    const features = await this.reader.features(organizationId, messageId, message);
    return this.database.withOrganization(organizationId, async (sql) => {
      if (features === null && !(await hasFeatures(sql, messageId))) throw new ApiError('CONFLICT', UNREADABLE);
      const target = { messageId, kind, action, value: named, features, by: viewer.name };
      return recordEach(sql, target, mailboxIds, answered);
    });
  }

  async #outcome({ organizationId }: Viewer, input: CorrectionInput, changed: boolean): Promise<CorrectOutcome> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const [message] = await readMessages(sql, [input.messageId]);
      if (message === undefined) throw noMessage(input.messageId);
      const all = await listCorrections(sql, { kind: input.kind, messageId: input.messageId }, null, MAX_PAGE);
      const corrections = all.filter(({ action, mailboxId }) => {
        const inScope = (mailboxId === null) === (input.scope === 'ORGANIZATION');
        return action === (input.action ?? '') && inScope && (input.mailboxId ?? mailboxId) === mailboxId;
      });
      return { message, corrections: corrections.map(shown), changed };
    });
  }

  /** @throws ApiError NOT_FOUND */
  async withdraw(viewer: Viewer, id: string): Promise<{ correction: Correction; changed: boolean }> {
    if (!isUuid(id)) throw noCorrection(id);
    return this.database.withOrganization(viewer.organizationId, async (sql) => {
      const before = await readCorrection(sql, id);
      if (before === null) throw noCorrection(id);
      const changed = before.endedAt === null && (await withdrawn(sql, before, viewer.name));
      return { correction: shown((await readCorrection(sql, id)) ?? before), changed };
    });
  }

  async list(
    organizationId: string,
    filter: CorrectionFilter,
    after: string | null,
    first: number | null,
  ): Promise<Correction[]> {
    if (after !== null && !isUuid(after))
      throw wrongInput([{ field: 'after', problem: 'must be the id of a correction' }]);
    if (filter.messageId && !isUuid(filter.messageId)) return [];
    const limit = Math.max(1, Math.min(MAX_PAGE, first ?? DEFAULT_PAGE));
    const rows = await this.database.withOrganization(organizationId, (sql) =>
      listCorrections(sql, filter, after, limit),
    );
    return rows.map(shown);
  }
}

async function recordEach(
  sql: Sql,
  target: Omit<Parameters<typeof recordCorrection>[1], 'mailboxId' | 'answered'>,
  mailboxIds: readonly (string | null)[],
  answered: Answered,
): Promise<boolean> {
  let any = false;
  for (const mailboxId of mailboxIds) {
    const { changed } = await recordCorrection(sql, { ...target, mailboxId, answered });
    any ||= changed;
  }
  return any;
}

async function withdrawn(
  sql: Sql,
  { messageId, kind, action, mailboxId }: CorrectionRecord,
  by: string,
): Promise<boolean> {
  if (kind === 'SPAM') {
    const scope = mailboxId === null ? 'ORGANIZATION' : 'MAILBOX';
    return (await withdrawSpamLesson(sql, { messageId, scope, mailboxId, by })).changed;
  }
  if (kind === 'ROUTING') return withdrawRouteLesson(sql, messageId, by);
  return endCorrection(sql, { messageId, kind, action, mailboxId }, by);
}

async function hasFeatures(sql: Sql, messageId: string): Promise<boolean> {
  return (await sql('select 1 from correction_features where message_id = $1', [messageId])).length > 0;
}

function check({ messageId, kind, action, scope, mailboxId }: CorrectionInput): void {
  if (!isUuid(messageId)) throw noMessage(messageId);
  const problems: { field: string; problem: string }[] = [];
  if ((kind === 'ACTION') !== (action !== null && action !== undefined && action !== ''))
    problems.push({ field: 'action', problem: 'belongs to the kind ACTION, and to that alone' });
  if (scope === 'ORGANIZATION' && mailboxId) problems.push(SCOPE_PROBLEM);
  if (kind === 'ROUTING' && scope === 'MAILBOX')
    problems.push({ field: 'scope', problem: 'routing is learned for the organization' });
  if (problems.length > 0) throw wrongInput(problems);
  if (mailboxId && !isUuid(mailboxId)) throw noMailbox(mailboxId);
}

function mailboxesOf({ mailboxIds }: AnsweredMessage, wanted: string | null): string[] {
  const found = mailboxIds.filter((id) => (wanted ?? id) === id);
  if (found.length === 0) throw noMailbox(wanted);
  return found;
}

function shown(record: CorrectionRecord): Correction {
  const { engine, engineVersion, model } = record.saidBy;
  return {
    ...record,
    action: record.action === '' ? null : record.action,
    saidByEngine: engine ? `${engine} ${engineVersion ?? ''}`.trim() : null,
    saidByVersionId: model ?? null,
  };
}

const SCOPE_PROBLEM = { field: 'mailboxId', problem: 'belongs to the scope MAILBOX, and to that alone' };
const UNREADABLE = 'the message cannot be read any more: it was deleted, or its parser did not survive it';
const noMessage = (id: string) => new ApiError('NOT_FOUND', `there is no incoming message ${id}`);
const noCorrection = (id: string) => new ApiError('NOT_FOUND', `there is no correction ${id}`);
const noMailbox = (id: string | null) =>
  new ApiError('NOT_FOUND', id === null ? 'the message came to no mailbox' : `the message is in no mailbox ${id}`);
const notAnswered = (action: string | null) =>
  action === null
    ? new ApiError('CONFLICT', 'the message was not analysed yet: wait for its run, or reprocess it, then correct')
    : new ApiError('CONFLICT', `${JSON.stringify(action)} was not suggested for the message`);
