import { describe, expect, test } from 'vitest';
import {
  imapAccountProblems,
  imapCredentialProblems,
  needsNewSecret,
  type ImapAccountDraft,
} from '../../../src/domain/imap-account.js';
import { planAction, type ImapActions } from '../../../src/domain/imap-actions.js';
import { stateAfter, withoutSecrets, type ImapFailure } from '../../../src/domain/imap-failure.js';

const draft: ImapAccountDraft = {
  name: 'Support',
  host: 'imap.there.example',
  port: 993,
  tls: 'implicit',
  user: 'support@there.example',
  recipient: 'support@ours.example',
  folders: ['INBOX'],
  startFrom: 'NEW',
  actions: {},
};
const mailboxes = [{ pattern: '*@ours.example' }];
const fieldsOf = (more: Partial<ImapAccountDraft>) =>
  imapAccountProblems({ ...draft, ...more }, mailboxes).map(({ field }) => field);

describe('an account', () => {
  test.each([['imap.there.example'], ['10.1.2.3'], ['dovecot'], ['2001:db8::1']])('may be on %s', (host) => {
    expect(fieldsOf({ host })).toEqual([]);
  });

  test.each<[Partial<ImapAccountDraft>, string]>([
    [{ name: ' ' }, 'name'],
    [{ host: 'a b' }, 'host'],
    [{ host: 'user@host' }, 'host'],
    [{ host: 'host:993' }, 'host'],
    [{ port: 0 }, 'port'],
    [{ port: 1.5 }, 'port'],
    [{ tls: 'none' }, 'tls'],
    [{ user: 'a\r\nb' }, 'user'],
    [{ recipient: 'support@theirs.example' }, 'recipient'],
    [{ folders: [] }, 'folders'],
    [{ folders: ['A', 'A'] }, 'folders'],
    [{ folders: ['A\r\nB'] }, 'folders[0]'],
    [{ actions: { REJECTED: { moveTo: 'x\n', keyword: null } } }, 'actions.REJECTED.moveTo'],
    [{ actions: { DELIVERED: { moveTo: null, keyword: '\\Seen' } } }, 'actions.DELIVERED.keyword'],
    [{ actions: { DELIVERED: { moveTo: null, keyword: 'two words' } } }, 'actions.DELIVERED.keyword'],
  ])('is refused with %j', (more, field) => {
    expect(fieldsOf(more)).toEqual([field]);
  });

  test('may do without TLS on the loopback interface', () => {
    expect(fieldsOf({ tls: 'none', host: '127.0.0.1' })).toEqual([]);
  });

  test('needs its secret anew where it would go to somebody else', () => {
    expect(needsNewSecret(draft, { ...draft, user: draft.user })).toBe(false);
    for (const more of [{ host: 'evil.example' }, { port: 143 }, { tls: 'starttls' as const }, { user: 'x' }]) {
      expect(needsNewSecret(draft, { ...draft, ...more })).toBe(true);
    }
  });
});

test.each([
  ['http://provider.example/token', 1],
  ['https://user:secret@provider.example/token', 1],
  ['ftp://provider.example/token', 1],
  ['https://provider.example/token', 0],
  ['http://127.0.0.1:8080/token', 0],
])('the token endpoint %s has %i problems', (tokenUrl, problems) => {
  const credentials = {
    kind: 'oauth2',
    clientId: 'a',
    clientSecret: '',
    refreshToken: 'b',
    tokenUrl,
    scope: null,
  } as const;
  expect(imapCredentialProblems(credentials)).toHaveLength(problems);
});

describe('what the server is told', () => {
  const actions: ImapActions = {
    QUARANTINED: { moveTo: 'Quarantine', keyword: '$Quarantined' },
    DELIVERED: { moveTo: null, keyword: '$Checked' },
  };

  test('a quarantined message is moved and marked', () => {
    expect(planAction(actions, 'QUARANTINED', 'INBOX', 'INBOX')).toEqual({
      moveTo: 'Quarantine',
      addKeywords: ['$Quarantined'],
      removeKeywords: ['$Checked'],
    });
  });

  test('a released one goes back, but not from where its owner has put it', () => {
    expect(planAction(actions, 'DELIVERED', 'Quarantine', 'Work')).toMatchObject({ moveTo: 'Work' });
    expect(planAction(actions, 'DELIVERED', 'Archive', 'Work')).toMatchObject({ moveTo: null });
    expect(planAction(actions, 'QUARANTINED', 'Quarantine', 'Work')).toMatchObject({ moveTo: null });
  });
});

describe('after a failure', () => {
  const failure: ImapFailure = {
    code: null,
    responseCode: null,
    authenticationFailed: false,
    oauthError: null,
    text: 'it failed',
  };
  test.each<[Partial<ImapFailure>, 'password' | 'oauth2', string]>([
    [{ code: 'ECONNREFUSED' }, 'password', 'RETRYING'],
    [{ authenticationFailed: true, responseCode: 'AUTHENTICATIONFAILED' }, 'password', 'AUTHENTICATION_FAILED'],
    [{ authenticationFailed: true }, 'password', 'AUTHENTICATION_FAILED'],
    [{ authenticationFailed: true, responseCode: 'UNAVAILABLE' }, 'password', 'RETRYING'],
    [{ authenticationFailed: true }, 'oauth2', 'NEEDS_AUTHORIZATION'],
    [{ oauthError: 'invalid_grant' }, 'oauth2', 'NEEDS_AUTHORIZATION'],
    [{ oauthError: 'temporarily_unavailable' }, 'oauth2', 'RETRYING'],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'password', 'MISCONFIGURED'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'password', 'MISCONFIGURED'],
    [{ code: 'AddressNotAllowed' }, 'password', 'MISCONFIGURED'],
  ])('%j with %s is %s', (more, authentication, state) => {
    expect(stateAfter({ ...failure, ...more }, authentication).state).toBe(state);
  });

  test('no secret is shown', () => {
    expect(withoutSecrets('LOGIN ada hunter2?', ['hunter2', ''])).toBe('LOGIN ada ***?');
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    for (const said of ['\0ada\0tür2', 'user=ada\x01auth=Bearer tür2\x01\x01', 'tür2']) {
      expect(withoutSecrets(`what is ${base64(said)}?`, ['tür2'])).toBe('what is ***?');
    }
    expect(withoutSecrets('AUTHENTICATIONFAILED abcde', ['tür2'])).toBe('AUTHENTICATIONFAILED abcde');
  });
});
