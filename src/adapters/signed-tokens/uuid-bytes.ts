const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
export const UUID_BYTES = 16;

/** @throws Error for what is no UUID: ids come from our own rows */
export function uuidBytes(id: string): Buffer {
  if (!UUID.test(id)) throw new Error(`not an id: ${id}`);
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

export function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
