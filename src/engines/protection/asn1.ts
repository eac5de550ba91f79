import * as asn1js from 'asn1js';

/** One value of ASN.1, with its tag. */
export type AsnBlock = asn1js.AsnType;

/** CMS nests about 15 levels deep; a large mail comes in pieces of some KB. */
const LIMITS = { maxDepth: 60, maxNodes: 200_000, maxContentLength: 256 * 1024 * 1024, parseEmbedded: false };

/** Reads BER, definite or indefinite in length. @throws where it is none */
export function readAsn1(bytes: Uint8Array): AsnBlock {
  const { offset, result } = asn1js.fromBER(arrayBufferOf(bytes), LIMITS);
  if (offset === -1) throw new Error('it is no ASN.1');
  return result;
}

/** The blocks inside a constructed one; none for a primitive one. */
export function childrenOf(block: unknown): AsnBlock[] {
  const { valueBlock } = block as { valueBlock?: { value?: unknown } };
  return Array.isArray(valueBlock?.value) ? (valueBlock.value as AsnBlock[]) : [];
}

/** Octets of a string, primitive or in pieces, whatever its tag. */
export function octetsOf(block: unknown): Buffer {
  const { valueBlock, idBlock } = block as {
    valueBlock: { valueHexView?: Uint8Array };
    idBlock: { isConstructed: boolean };
  };
  if (idBlock.isConstructed) return Buffer.concat(childrenOf(block).map(octetsOf));
  return Buffer.from(valueBlock.valueHexView ?? new Uint8Array());
}

/** Whether a block has this tag of the context-specific class. */
export function isContext(block: AsnBlock | undefined, tagNumber: number): boolean {
  return block !== undefined && block.idBlock.tagClass === 3 && block.idBlock.tagNumber === tagNumber;
}

export function derOf(block: { toBER(): ArrayBuffer }): Buffer {
  return Buffer.from(block.toBER());
}

/** A buffer of its own: asn1js and WebCrypto take no view. */
export function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
