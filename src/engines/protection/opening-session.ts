import type * as openpgp from 'openpgp';
import type { ParseLimits } from '../../domain/parsed-message.js';
import type {
  AuthorKey,
  ClosedReason,
  MailKeyMaterial,
  Opening,
  Protection,
  ProtectionKind,
  SignatureResult,
} from '../../domain/protection.js';
import { Closed } from './closed.js';
import { ownCertificates, type OwnCertificate } from './own-certificate.js';
import { publicKeys } from './openpgp-message.js';
import type { SignatureContext } from './signature-context.js';

/** Layers inside each other; mail that is signed, encrypted and signed again has three. */
const MAX_LAYERS = 6;
const MAX_OPERATIONS = 20;
/** Over all that is opened in one message. */
const MAX_OPENED_BYTES = 64 * 1024 * 1024;
const MAX_SIGNATURES = 20;

/** What opening one message has found and may still cost. */
export class OpeningSession {
  readonly limits: ParseLimits;
  readonly context: SignatureContext;
  readonly #keys: readonly MailKeyMaterial[];
  readonly #sealed: boolean;
  #kind: ProtectionKind | null = null;
  #encrypted = false;
  #mixed = false;
  #closed: ClosedReason | null = null;
  #authenticated: boolean | null = null;
  readonly signatures: SignatureResult[] = [];
  readonly #found = new Map<string, AuthorKey>();
  #operations = MAX_OPERATIONS;
  #bytes = MAX_OPENED_BYTES;
  #certificates: OwnCertificate[] | null = null;
  #publicKeys: Promise<openpgp.PublicKey[]> | null = null;

  constructor(opening: Opening, limits: ParseLimits, from: readonly string[], claimed: string | null) {
    const receivedAt = new Date(opening.receivedAt);
    const stated = claimed === null ? receivedAt : new Date(claimed);
    this.#keys = opening.keys;
    this.#sealed = opening.sealed;
    this.limits = limits;
    const date = stated < receivedAt ? stated : receivedAt;
    this.context = { keys: opening.keys, from, receivedAt, date, certificates: this.#found };
  }

  /** @throws Closed where the message has cost too much, or is nested too deep */
  begin(kind: ProtectionKind, depth: number): void {
    this.#kind ??= kind;
    this.#operations -= 1;
    if (this.#operations < 0 || depth >= MAX_LAYERS) throw new Closed('limit');
  }

  get bytesLeft(): number {
    return this.#bytes;
  }

  /** @throws Closed */
  take(content: Buffer): Buffer {
    this.#bytes -= content.length;
    if (this.#bytes < 0) throw new Closed('limit');
    return content;
  }

  sign(kind: ProtectionKind, results: readonly SignatureResult[], coversAll: boolean): void {
    this.#kind ??= kind;
    const room = MAX_SIGNATURES - this.signatures.length;
    this.signatures.push(...results.slice(0, room).map((result) => ({ ...result, coversAll })));
  }

  /** Something encrypted was opened; `mixed` where HTML that was not stands beside it. */
  opened(authenticated: boolean, mixed: boolean): void {
    this.#encrypted = true;
    this.#mixed ||= mixed;
    this.#authenticated = (this.#authenticated ?? true) && authenticated;
  }

  stayedClosed(reason: ClosedReason): void {
    this.#encrypted = true;
    this.#closed ??= reason === 'noKey' && this.#sealed ? 'secretKey' : reason;
  }

  /** Certificates that signed all of the message as its author's. */
  authorKeys(): AuthorKey[] {
    return this.signatures.flatMap(({ kind, matchesFrom, coversAll, fingerprint }) => {
      const key = kind === 'smime' && matchesFrom && coversAll ? this.#found.get(fingerprint ?? '') : undefined;
      return key === undefined ? [] : [key];
    });
  }

  get certificates(): OwnCertificate[] {
    return (this.#certificates ??= ownCertificates(this.#keys));
  }

  get publicKeys(): Promise<openpgp.PublicKey[]> {
    return (this.#publicKeys ??= publicKeys(this.#keys));
  }

  /** Null where nothing in it was protected after all. */
  result(): Omit<Protection, 'subject' | 'differs'> | null {
    if (this.#kind === null || (!this.#encrypted && this.signatures.length === 0)) return null;
    return {
      kind: this.#kind,
      encrypted: this.#encrypted,
      opened: this.#encrypted && this.#closed === null,
      reason: this.#closed,
      authenticated: this.#authenticated,
      mixed: this.#mixed,
      signatures: this.signatures,
    };
  }
}
