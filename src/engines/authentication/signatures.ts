import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ARCData, ARCResult, DKIMResult as MailauthSignature } from 'mailauth';
import { arc as verifyArc } from 'mailauth/lib/arc/index.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import type { Authentication, AuthResult, DkimResult } from '../../domain/outcomes.js';
import { asMailauthResolver, type DnsResolver } from './dns-resolver.js';
import { resultWord } from './result-word.js';

export interface SignatureCheck {
  dkim: DkimResult[];
  arc: Authentication['arc'];
  arcReason: string | null;
  /** What the newest sealer says that it found (the newest ARC-Authentication-Results); null where there is none. */
  sealerResults: string | null;
  /** The From fields as mailauth reads them, for comparison. */
  from: { fields: number; addresses: string[] };
}

export interface SignatureOptions {
  dns: DnsResolver;
  /** When the signatures are judged (`t=`, `x=`). */
  now: Date;
  /** Milliseconds that reading the message may take; ten seconds where absent. */
  readingMs?: number;
}

/** Bodies can be made that take seconds for each ten megabytes. */
export class ReadingTooLong extends Error {
  override name = 'ReadingTooLong';
}

const READING_MS = 10_000;

/** RFC 8301 3.2; 1024 bits still have to be verified. */
const MIN_KEY_BITS = 1024;
const PIECE = 64 * 1024;

/**
 * Verifies all DKIM signatures (RFC 6376, 8301, 8463) and the ARC chain (RFC 8617) by the letter of the RFCs.
 *
 * @param raw line ends are CRLF
 * @throws ReadingTooLong
 */
export async function verifySignatures(raw: Buffer, options: SignatureOptions): Promise<SignatureCheck> {
  const verified = await verify(raw, options, true);
  let arc = verified.arc;
  if (arc.status.result === 'fail' && verified.sealedWithoutCanonicalization) {
    // Without `c=` the RFC means simple/simple, the drafts meant relaxed/relaxed: mailauth tries both unless strict.
    // Of what else it overlooks then, nothing may have been there.
    const lenient = (await verify(raw, options, false)).arc;
    if (lenient.status.result === 'pass' && warningsOf(lenient).every((warning) => warning === 'ams-c-default')) {
      arc = lenient;
    }
  }
  const signatures = verified.results.filter(({ signingDomain, status }) => signingDomain || status.result !== 'none');
  return {
    dkim: signatures.map(dkimResult),
    arc: arcResult(arc),
    arcReason: arc.status.comment ?? null,
    sealerResults: verified.sealerResults,
    from: { fields: verified.fromFields, addresses: verified.headerFrom },
  };
}

async function verify(raw: Buffer, { dns, now, readingMs = READING_MS }: SignatureOptions, strict: boolean) {
  const resolver = asMailauthResolver(dns);
  const settings = { resolver, minBitLength: MIN_KEY_BITS, strict };
  const result = await dkimVerify(Readable.from(inPieces(raw, readingMs)), { ...settings, curTime: now });
  const chain = result.arc?.chain;
  const set = chain ? chain.at(-1) : undefined;
  const newest = set?.['arc-message-signature'];
  return {
    results: result.results,
    headerFrom: [result.headerFrom].flat().filter((address) => typeof address === 'string'),
    fromFields: result.fromFields ?? 0,
    arc: await verifyArc((result.arc ?? { chain: [] }) as ARCData, settings),
    sealerResults: set?.['arc-authentication-results']?.original?.toString() ?? null,
    sealedWithoutCanonicalization: newest !== undefined && newest.parsed?.['c'] === undefined,
  };
}

/** Between the pieces the event loop has its turn: a large body takes seconds. */
async function* inPieces(raw: Buffer, readingMs: number): AsyncGenerator<Buffer> {
  const end = performance.now() + readingMs;
  for (let start = 0; start < raw.length; start += PIECE) {
    if (performance.now() >= end) throw new ReadingTooLong(`its body was not read within ${readingMs} ms`);
    yield raw.subarray(start, start + PIECE);
    await setImmediate();
  }
}

function dkimResult(signature: MailauthSignature): DkimResult {
  const { status } = signature;
  const unsignedBytes = status.underSized ?? 0;
  const passed = status.result === 'pass';
  // Text behind what `l=` signs is anybody's (RFC 6376 8.2): the signature does not speak for what a reader sees.
  const result: AuthResult = passed && unsignedBytes > 0 ? 'policy' : resultWord(status.result);
  const reason = status.comment || status.policy?.['dkim-rules'] || null;
  return {
    result,
    domain: signature.signingDomain?.toLowerCase() || null,
    selector: signature.selector || null,
    algorithm: signature.algo?.toLowerCase() || null,
    reason:
      result === 'policy' && passed ? `${unsignedBytes} bytes of the body are not signed` : passed ? null : reason,
    ...(unsignedBytes > 0 ? { unsignedBytes } : {}),
  };
}

function arcResult(arc: ARCResult): Authentication['arc'] {
  const result = resultWord(arc.status.result);
  if (result === 'none') return { result };
  return { result, sets: arc.i || 0, sealedBy: (arc.signature && arc.signature.signingDomain) || null };
}

function warningsOf(arc: ARCResult): readonly string[] {
  return (arc as ARCResult & { warnings?: string[] }).warnings ?? [];
}
