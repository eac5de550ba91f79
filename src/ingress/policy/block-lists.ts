import ipaddr from 'ipaddr.js';
import { interpretAnswer, queryName, type BlockList, type BlockListAnswer } from '../../domain/block-list.js';

export type AddressResolver = (name: string, rrtype: 'A') => Promise<unknown>;

const DEADLINE_MS = 3_000;
/** Ranges of ipaddr.js that no public list holds. */
const INSIDE: ReadonlySet<string> = new Set([
  'private',
  'loopback',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
  'unspecified',
]);

/** What a DNS block list says of a client; clients of private and loopback networks are in none. */
export async function askBlockList(
  client: string,
  { zone, codes }: BlockList,
  resolve: AddressResolver,
): Promise<BlockListAnswer> {
  const name = nameFor(client, zone);
  if (name === null) return { result: 'clear' };
  const late = Promise.withResolvers<BlockListAnswer>();
  const timer = setTimeout(() => late.resolve({ result: 'unusable', reason: 'no answer in time' }), DEADLINE_MS);
  try {
    return await Promise.race([answerOf(name, codes, resolve), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function answerOf(name: string, codes: readonly string[], resolve: AddressResolver): Promise<BlockListAnswer> {
  try {
    const addresses = await resolve(name, 'A');
    return interpretAnswer(Array.isArray(addresses) ? addresses.map(String) : [], codes);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOTFOUND' || code === 'ENODATA') return { result: 'clear' };
    return { result: 'unusable', reason: `the name server did not answer (${String(code ?? error)})` };
  }
}

function nameFor(client: string, zone: string): string | null {
  if (!ipaddr.isValid(client)) return null;
  const address = ipaddr.process(client);
  if (INSIDE.has(address.range())) return null;
  const parts =
    address.kind() === 'ipv4'
      ? address.toByteArray().map(String)
      : address.toByteArray().flatMap((byte) => [(byte >> 4).toString(16), (byte & 15).toString(16)]);
  return queryName(parts, zone);
}
