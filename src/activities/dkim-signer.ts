import { decideSigning, type DomainSigning } from '../domain/domains/dkim-selection.js';
import { headerEnd, signHeader, type DkimSigningKey } from '../engines/signing/dkim.js';
import { dkimBodyHash } from '../engines/signing/body-hash.js';

/** Where keys come from; SigningKeys of src/adapters/domains keeps them open. */
export interface SigningKeySource {
  of(organizationId: string, domain: string): Promise<DomainSigning<DkimSigningKey> | null>;
}

/** What is to be signed for one recipient. */
export interface UnsignedMail {
  organizationId: string;
  /** Domain of the author (From), in A-labels and small letters. */
  authorDomain: string;
  /** The header section as it leaves, with CRLF line ends. */
  header: Buffer;
  /** Of DkimBodyHash, over what follows the empty line behind it: once for all recipients that get the same body. */
  bodyHash: string;
}

export type DkimResult =
  | {
      kind: 'signed';
      /** To be put before the header section. */
      fields: string;
      domain: string;
      selectors: string[];
      /** Keys that should have signed too and could not be opened. */
      unreadable: DomainSigning<unknown>['unreadable'];
    }
  | { kind: 'unsigned'; reason: string }
  /** It must wait for a person: it would leave unsigned though its domain signs. */
  | { kind: 'hold'; reason: string };

/** Signs what leaves with the keys of its author's domain. */
export class DkimSigner {
  constructor(
    readonly keys: SigningKeySource,
    readonly now: () => Date = () => new Date(),
  ) {}

  /** @throws what the source of keys throws: the database cannot be reached, and it is tried again */
  async sign({ organizationId, authorDomain, header, bodyHash }: UnsignedMail): Promise<DkimResult> {
    const own = await this.keys.of(organizationId, authorDomain);
    const decision = decideSigning(own);
    if (decision.kind !== 'sign') return decision;
    const { domain, keys, unreadable } = decision;
    const signed = await signHeader(header, bodyHash, keys, { domain, signTime: this.now() });
    if ('refused' in signed) {
      const reason = `it cannot be signed by DKIM: ${signed.refused}`;
      return own?.required === true ? { kind: 'hold', reason } : { kind: 'unsigned', reason };
    }
    return {
      kind: 'signed',
      fields: signed.fields,
      domain,
      selectors: keys.map(({ selector }) => selector),
      unreadable,
    };
  }

  /** The same for a mail in one piece. */
  async signMail(organizationId: string, authorDomain: string, bytes: Buffer): Promise<DkimResult> {
    const end = headerEnd(bytes);
    const bodyHash = dkimBodyHash(bytes.subarray(end));
    return this.sign({ organizationId, authorDomain, header: bytes.subarray(0, end), bodyHash });
  }
}
