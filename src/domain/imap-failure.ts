export const IMAP_ACCOUNT_STATES = [
  'NEW',
  'CONNECTING',
  'SYNCING',
  'WATCHING',
  'RETRYING',
  'AUTHENTICATION_FAILED',
  'NEEDS_AUTHORIZATION',
  'MISCONFIGURED',
] as const;
export type ImapAccountState = (typeof IMAP_ACCOUNT_STATES)[number];

/** What went wrong with an account's connection, as the connection tells it. */
export interface ImapFailure {
  /** Code of the library or of Node: NoConnection, ECONNREFUSED, CERT_HAS_EXPIRED, ... */
  code: string | null;
  /** Response code of the server (RFC 5530): AUTHENTICATIONFAILED, UNAVAILABLE, LIMIT, ... */
  responseCode: string | null;
  /** The server refused the credentials. */
  authenticationFailed: boolean;
  /** What the token endpoint answered (RFC 6749 5.2): invalid_grant, ... */
  oauthError: string | null;
  /** Without secrets. */
  text: string;
}

export interface FailedState {
  state: Extract<ImapAccountState, 'RETRYING' | 'AUTHENTICATION_FAILED' | 'NEEDS_AUTHORIZATION' | 'MISCONFIGURED'>;
  /** What is wrong and what to do about it. */
  reason: string;
}

/** RFC 5530, and what Gmail and Exchange say besides: it passes by itself. */
const PASSING = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG', 'OVERQUOTA', 'THROTTLED']);
/** The endpoint has a bad moment (RFC 6749 4.1.2.1): nobody has to do anything. */
const PASSING_OAUTH = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|DEPTH_ZERO/;
const REASON_CHARACTERS = 300;

/**
 * The state that a failure leaves an account in. Only RETRYING tries again by itself: a server that refused the
 * credentials is not asked again until somebody changes or resumes the account, or it would lock it.
 */
export function stateAfter(failure: ImapFailure, authentication: 'password' | 'oauth2'): FailedState {
  const text = failure.text.slice(0, REASON_CHARACTERS);
  if (failure.oauthError !== null && !PASSING_OAUTH.has(failure.oauthError)) {
    return {
      state: 'NEEDS_AUTHORIZATION',
      reason: `the token endpoint answered ${failure.oauthError}: authorize Everpost anew and enter the new refresh token`,
    };
  }
  if (failure.authenticationFailed && !PASSING.has(failure.responseCode ?? '')) {
    return authentication === 'oauth2'
      ? {
          state: 'NEEDS_AUTHORIZATION',
          reason: `the server refused a fresh access token (${text}): check user and scope, then authorize Everpost anew`,
        }
      : {
          state: 'AUTHENTICATION_FAILED',
          reason: `the server refused user and password (${text}): enter them again, or an app password where it asks for one`,
        };
  }
  switch (failure.code) {
    case 'SecretUnreadable':
    case 'NoSecretKey':
    case 'AddressNotAllowed':
    case 'InvalidStringValue':
      return { state: 'MISCONFIGURED', reason: text };
    case 'NoStartTls':
      return { state: 'MISCONFIGURED', reason: `${text}: choose implicit TLS, or its port` };
    default:
  }
  if (CERTIFICATE.test(failure.code ?? '')) {
    return {
      state: 'MISCONFIGURED',
      reason: `the server's certificate is not accepted (${text}): use the name it is made for, or add its authority by NODE_EXTRA_CA_CERTS`,
    };
  }
  return { state: 'RETRYING', reason: `${text}: it is tried again by itself` };
}

/** Takes out of a text what must not be stored or shown: a server may repeat what it was sent, SASL in base64 (RFC 4648). */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== '');
  const shown = known.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return shown.replace(BASE64, (run) => (known.some((secret) => decoded(run).includes(secret)) ? '***' : run));
}

const BASE64 = /[a-z\d+/]{4,}={0,2}/gi;

function decoded(base64: string): string {
  const whole = base64.replace(/=+$/, '');
  const bytes = atob(whole.length % 4 === 1 ? whole.slice(0, -1) : whole);
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
