import { createHash } from 'node:crypto';

/** ANSI X9.63 3.6.1, as RFC 5753 takes it from SEC 1. */
export function x963Kdf(hash: string, secret: Buffer, sharedInfo: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 1, made = 0; made < length; counter += 1) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const block = createHash(hash).update(secret).update(count).update(sharedInfo).digest();
    blocks.push(block);
    made += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}
