import { inflateSync } from 'node:zlib';
import * as asn1js from 'asn1js';
import { childrenOf, octetsOf, readAsn1, type AsnBlock } from './asn1.js';
import { Closed } from './closed.js';

const FORMS = {
  '1.2.840.113549.1.7.2': 'signed',
  '1.2.840.113549.1.7.3': 'enveloped',
  '1.2.840.113549.1.9.16.1.23': 'authEnveloped',
  '1.2.840.113549.1.9.16.1.9': 'compressed',
} as const;

/** ContentInfo (RFC 5652 3): what kind of CMS it is, and its content. */
export interface Cms {
  form: (typeof FORMS)[keyof typeof FORMS];
  block: AsnBlock;
}

/** @throws Closed */
export function readCms(bytes: Buffer): Cms {
  const [type, content] = childrenOf(readBlock(bytes));
  const [block] = childrenOf(content);
  if (!(type instanceof asn1js.ObjectIdentifier) || block === undefined) throw new Closed('damaged');
  const oid = type.getValue();
  if (!(oid in FORMS)) throw new Closed('algorithm', `the content type ${oid}`);
  return { form: FORMS[oid as keyof typeof FORMS], block };
}

/** What compressed-data (RFC 3274) unpacks to, within a size. @throws Closed */
export function decompressed(block: AsnBlock, maxBytes: number): Buffer {
  const [, , encapsulated] = childrenOf(block);
  const [, explicit] = childrenOf(encapsulated);
  const [octets] = childrenOf(explicit);
  if (octets === undefined) throw new Closed('damaged');
  try {
    return inflateSync(octetsOf(octets), { maxOutputLength: maxBytes });
  } catch (error) {
    throw new Closed((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? 'limit' : 'damaged');
  }
}

function readBlock(bytes: Buffer): AsnBlock {
  try {
    return readAsn1(bytes);
  } catch {
    throw new Closed('damaged');
  }
}
