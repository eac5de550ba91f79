import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database, type Sql } from '../../adapters/database/database.js';
import {
  createImapAccount,
  deleteImapAccount,
  readImapAccount,
  readImapAccounts,
  readSkipped,
  readUnfinishedActions,
  requestReconciliation,
  setImapAccountPaused,
  updateImapAccount,
  type FailedActionRecord,
  type ImapAccountRecord,
  type SkippedRecord,
} from '../../adapters/imap/accounts.js';
import { sealCredentials } from '../../adapters/imap/credentials.js';
import { readMailboxes } from '../../adapters/organizations/mailboxes.js';
import {
  imapAccountProblems,
  imapCredentialProblems,
  needsNewSecret,
  type ImapAccountDraft,
  type ImapCredentials,
} from '../../domain/imap-account.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { SecretKey } from '../secret-key.js';
import { actionsOf, type CreateImapAccountInput, type UpdateImapAccountInput } from './imap-account.inputs.js';

const MOST_LISTED = 100;
const MOST_ACCOUNTS = 1_000;

@Injectable()
export class ImapAccountService {
  constructor(
    private readonly database: Database,
    private readonly secretKey: SecretKey,
  ) {}

  list(organizationId: string): Promise<ImapAccountRecord[]> {
    return this.database.withOrganization(organizationId, readImapAccounts);
  }

  /** @throws ApiError NOT_FOUND */
  read(organizationId: string, id: string): Promise<ImapAccountRecord> {
    return this.#within(organizationId, id, async (_sql, account) => account);
  }

  /** @throws ApiError BAD_USER_INPUT that names every wrong field; CONFLICT where no secret can be kept */
  async create(organizationId: string, input: CreateImapAccountInput): Promise<ImapAccountRecord> {
    const key = this.#key();
    const draft = draftOf(input);
    const credentials = credentialsOf(input);
    if (credentials === null) throw wrongInput([{ field: 'password', problem: 'give either password or oauth2' }]);
    return this.database.withOrganization(organizationId, async (sql) => {
      const problems = [
        ...imapAccountProblems(draft, await readMailboxes(sql)),
        ...imapCredentialProblems(credentials),
      ];
      if (problems.length > 0) throw wrongInput(problems);
      if ((await readImapAccounts(sql)).length >= MOST_ACCOUNTS) {
        throw new ApiError('CONFLICT', `an organization has at most ${MOST_ACCOUNTS} IMAP accounts`);
      }
      const id = uuidv7();
      await createImapAccount(sql, { id, ...draft, ...sealed(key, { organizationId, id }, credentials) });
      return (await readImapAccount(sql, id))!;
    });
  }

  /** @throws ApiError NOT_FOUND, BAD_USER_INPUT that names every wrong field, CONFLICT where no secret can be kept */
  update(organizationId: string, id: string, input: UpdateImapAccountInput): Promise<ImapAccountRecord> {
    return this.#within(organizationId, id, async (sql, before) => {
      const draft = draftOf(input, before);
      const credentials = credentialsOf(input);
      const problems = [
        ...imapAccountProblems(draft, await readMailboxes(sql)),
        ...(credentials === null ? [] : imapCredentialProblems(credentials)),
      ];
      // Else whoever may change an account could have its stored password sent to a server of their own.
      if (credentials === null && needsNewSecret(before, draft)) {
        problems.push({ field: 'password', problem: 'must be given anew when host, port, tls or user change' });
      }
      if (problems.length > 0) throw wrongInput(problems);
      await updateImapAccount(
        sql,
        id,
        draft,
        credentials === null ? null : sealed(this.#key(), { organizationId, id }, credentials),
      );
      return (await readImapAccount(sql, id))!;
    });
  }

  /** @throws ApiError NOT_FOUND */
  setPaused(organizationId: string, id: string, paused: boolean): Promise<ImapAccountRecord> {
    return this.#within(organizationId, id, async (sql) => {
      await setImapAccountPaused(sql, id, paused);
      return (await readImapAccount(sql, id))!;
    });
  }

  /** @throws ApiError NOT_FOUND; CONFLICT for one that is paused */
  reconcile(organizationId: string, id: string): Promise<ImapAccountRecord> {
    return this.#within(organizationId, id, async (sql, account) => {
      if (account.paused) throw new ApiError('CONFLICT', 'the account is paused: resume it first');
      await requestReconciliation(sql, id);
      return (await readImapAccount(sql, id))!;
    });
  }

  /** @returns it as it was @throws ApiError NOT_FOUND */
  remove(organizationId: string, id: string): Promise<ImapAccountRecord> {
    return this.#within(organizationId, id, async (sql, account) => {
      await deleteImapAccount(sql, id);
      return account;
    });
  }

  skipped(organizationId: string, id: string): Promise<SkippedRecord[]> {
    return this.database.withOrganization(organizationId, (sql) => readSkipped(sql, id, MOST_LISTED));
  }

  unfinishedActions(organizationId: string, id: string): Promise<FailedActionRecord[]> {
    return this.database.withOrganization(organizationId, (sql) => readUnfinishedActions(sql, id, MOST_LISTED));
  }

  async #within<T>(
    organizationId: string,
    id: string,
    work: (sql: Sql, account: ImapAccountRecord) => Promise<T>,
  ): Promise<T> {
    if (!isUuid(id)) throw noAccount(id);
    return this.database.withOrganization(organizationId, async (sql) => {
      const account = await readImapAccount(sql, id);
      if (account === null) throw noAccount(id);
      return work(sql, account);
    });
  }

  #key(): Buffer {
    const { key } = this.secretKey;
    if (key === null) {
      throw new ApiError('CONFLICT', 'EVERPOST_SECRET_KEY is not set: no password can be kept without it');
    }
    return key;
  }
}

const noAccount = (id: string) => new ApiError('NOT_FOUND', `there is no IMAP account ${id}`);

function sealed(key: Buffer, account: { organizationId: string; id: string }, credentials: ImapCredentials) {
  return {
    authentication: credentials.kind,
    tokenUrl: credentials.kind === 'oauth2' ? credentials.tokenUrl : null,
    sealedCredentials: sealCredentials(key, account, credentials),
  };
}

const DEFAULT_PORTS = { implicit: 993, starttls: 143, none: 143 } as const;

function draftOf(input: Partial<CreateImapAccountInput>, before?: ImapAccountRecord): ImapAccountDraft {
  const tls = input.tls ?? before?.tls ?? 'implicit';
  return {
    name: (input.name ?? before?.name ?? '').trim(),
    host: (input.host ?? before?.host ?? '').trim().toLowerCase(),
    port: input.port ?? before?.port ?? DEFAULT_PORTS[tls],
    tls,
    user: input.user ?? before?.user ?? '',
    recipient: (input.recipient ?? before?.recipient ?? '').trim(),
    folders: input.folders ?? before?.folders.map(({ path }) => path) ?? ['INBOX'],
    startFrom: before?.startFrom ?? input.startFrom ?? 'NEW',
    actions: input.actions ? actionsOf(input.actions) : (before?.actions ?? {}),
  };
}

/** Null where the input has none, or both kinds. */
function credentialsOf({ password, oauth2 }: Partial<CreateImapAccountInput>): ImapCredentials | null {
  const hasPassword = password !== undefined && password !== null;
  if (hasPassword && oauth2) {
    throw wrongInput([{ field: 'password', problem: 'give either password or oauth2' }]);
  }
  if (hasPassword) return { kind: 'password', password };
  if (!oauth2) return null;
  const { clientId, clientSecret, refreshToken, tokenUrl, scope } = oauth2;
  return { kind: 'oauth2', clientId, clientSecret: clientSecret ?? '', refreshToken, tokenUrl, scope: scope ?? null };
}
