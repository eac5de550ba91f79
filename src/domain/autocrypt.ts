/** Autocrypt 1.1 caps a field at 10 KB; keys with pictures are not meant to be sent so. */
const LONGEST_FIELD = 16 * 1024;

/**
 * The key of an Autocrypt field (Autocrypt Level 1, 2.1) as an armored block; null where there is none for the address,
 * several, or one with a critical attribute that is not known: such a field says nothing.
 *
 * @param fields values of the Autocrypt fields of a message
 */
export function autocryptKey(fields: readonly string[], address: string): string | null {
  const keys = fields.map((field) => keyOf(field, address)).filter((key) => key !== null);
  const [key] = keys;
  if (key === undefined || keys.length > 1) return null;
  const lines = key.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PGP PUBLIC KEY BLOCK-----', '', ...lines, '-----END PGP PUBLIC KEY BLOCK-----', ''].join('\n');
}

function keyOf(field: string, address: string): string | null {
  if (field.length > LONGEST_FIELD) return null;
  const attributes = new Map<string, string>();
  for (const part of field.split(';')) {
    const equals = part.indexOf('=');
    if (equals === -1) continue;
    const name = part.slice(0, equals).trim().toLowerCase();
    // The key may itself hold `=`: no more of them are looked at.
    attributes.set(name, part.slice(equals + 1).trim());
  }
  for (const name of attributes.keys()) {
    if (!['addr', 'prefer-encrypt', 'keydata'].includes(name) && !name.startsWith('_')) return null;
  }
  const key = attributes.get('keydata')?.replace(/\s/g, '') ?? '';
  if (attributes.get('addr')?.toLowerCase() !== address.toLowerCase()) return null;
  return /^[A-Za-z0-9+/]+={0,2}$/.test(key) ? key : null;
}
