import { ACTION_STATUSES, type ImapActions } from './imap-actions.js';
import { isLine, type Problem } from './problem.js';
import { mailboxFor, type MailboxPattern } from './routing.js';

export const IMAP_TLS_MODES = ['implicit', 'starttls', 'none'] as const;
export type ImapTlsMode = (typeof IMAP_TLS_MODES)[number];

export const IMAP_START_FROM = ['ALL', 'NEW'] as const;
export type ImapStartFrom = (typeof IMAP_START_FROM)[number];

export type ImapAuthentication = 'password' | 'oauth2';

/** An account as people set it up, without its secrets. */
export interface ImapAccountDraft {
  name: string;
  host: string;
  port: number;
  tls: ImapTlsMode;
  user: string;
  recipient: string;
  folders: string[];
  startFrom: ImapStartFrom;
  actions: ImapActions;
}

/** What signs in to an account. Sealed wherever it is kept; never returned, never logged. */
export type ImapCredentials =
  | { kind: 'password'; password: string }
  | {
      kind: 'oauth2';
      clientId: string;
      clientSecret: string;
      refreshToken: string;
      tokenUrl: string;
      scope: string | null;
    };

const MOST_FOLDERS = 50;
const FOLDER_CHARACTERS = 500;
/** RFC 1035 2.3.4, or an address. */
const HOST = /^(?:[\da-z](?:[\da-z-]{0,61}[\da-z])?(?:\.|$)){1,20}$|^[\da-f:]*:[\da-f:.]*$/i;
/** RFC 3501 `atom`, with the leading `$` of registered keywords (RFC 5788). */
const KEYWORD = /^[$\w.+-]{1,60}$/;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i;

/** Everything that is wrong with an account, by field. */
export function imapAccountProblems(draft: ImapAccountDraft, mailboxes: readonly MailboxPattern[]): Problem[] {
  const problems: Problem[] = [];
  const add = (field: string, problem: string) => problems.push({ field, problem });
  if (!isLine(draft.name, 200)) add('name', 'must be a line of 1 to 200 characters');
  if (draft.host.length > 253 || !HOST.test(draft.host)) add('host', 'must be a host name or an IP address');
  if (!Number.isInteger(draft.port) || draft.port < 1 || draft.port > 65_535) add('port', 'must be from 1 to 65535');
  if (draft.tls === 'none' && !LOOPBACK.test(draft.host)) {
    add('tls', 'may be none on the loopback interface alone: the password would cross the network in the clear');
  }
  if (!isLine(draft.user, 300)) add('user', 'must be a line of 1 to 300 characters');
  if (mailboxFor(draft.recipient, mailboxes) === null) {
    add('recipient', 'must be an address that a mailbox of the organization receives');
  }
  if (draft.folders.length === 0 || draft.folders.length > MOST_FOLDERS) {
    add('folders', `must be 1 to ${MOST_FOLDERS}`);
  }
  if (new Set(draft.folders).size < draft.folders.length) add('folders', 'names a folder twice');
  for (const [index, folder] of draft.folders.slice(0, MOST_FOLDERS).entries()) {
    if (!isLine(folder, FOLDER_CHARACTERS)) add(`folders[${index}]`, 'must be the name of a folder');
  }
  return [...problems, ...actionProblems(draft.actions)];
}

function actionProblems(actions: ImapActions): Problem[] {
  return ACTION_STATUSES.flatMap((status) => {
    const action = actions[status];
    if (action === undefined) return [];
    const field = `actions.${status}`;
    const problems: Problem[] = [];
    if (action.moveTo !== null && !isLine(action.moveTo, FOLDER_CHARACTERS)) {
      problems.push({ field: `${field}.moveTo`, problem: 'must be the name of a folder' });
    }
    if (action.keyword !== null && !KEYWORD.test(action.keyword)) {
      problems.push({ field: `${field}.keyword`, problem: 'must be letters, digits, $ _ . + or -, at most 60' });
    }
    return problems;
  });
}

/** Everything that is wrong with credentials; never quotes them. */
export function imapCredentialProblems(credentials: ImapCredentials): Problem[] {
  if (credentials.kind === 'password') {
    const wrong =
      credentials.password === '' || credentials.password.length > 1_000 || credentials.password.includes('\0');
    return wrong ? [{ field: 'password', problem: 'must have 1 to 1000 characters' }] : [];
  }
  const problems: Problem[] = [];
  for (const field of ['clientId', 'refreshToken'] as const) {
    if (!isLine(credentials[field], 10_000)) problems.push({ field: `oauth2.${field}`, problem: 'must not be empty' });
  }
  if (!/^https?:\/\/[^\s@/]+(?:\/\S*)?$/i.test(credentials.tokenUrl)) {
    problems.push({ field: 'oauth2.tokenUrl', problem: 'must be an https URL without a user' });
  } else if (/^http:/i.test(credentials.tokenUrl) && !LOOPBACK.test(hostOf(credentials.tokenUrl))) {
    problems.push({ field: 'oauth2.tokenUrl', problem: 'must begin with https: the secret would cross the network' });
  }
  return problems;
}

const hostOf = (url: string) => /^https?:\/\/(\[[^\]]*\]|[^/:]*)/i.exec(url)?.[1]?.replace(/[[\]]/g, '') ?? '';

/** Whether a stored secret would go to somebody else than it was entered for. */
export function needsNewSecret(
  before: Pick<ImapAccountDraft, 'host' | 'port' | 'tls' | 'user'>,
  after: Pick<ImapAccountDraft, 'host' | 'port' | 'tls' | 'user'>,
): boolean {
  return (['host', 'port', 'tls', 'user'] as const).some((field) => before[field] !== after[field]);
}
