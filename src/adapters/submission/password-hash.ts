import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** OWASP's least for argon2id: 19 MiB, two passes, one lane; about 50 ms of a core. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const NONCE_BYTES = 16;
const TAG_BYTES = 32;
/** What a stored hash may ask for at most: a row that was tampered with takes no gigabytes. */
const MOST = { memory: 262_144, passes: 10, parallelism: 8 };

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/-]{11,86})\$([\w+/-]{22,86})$/;
const derive = promisify(argon2);

/** The argon2id hash of a password, in PHC form. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(NONCE_BYTES);
  const tag = await derive('argon2id', { ...COST, message: password, nonce, tagLength: TAG_BYTES });
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`;
}

/** Whether it is the password of a hash that hashPassword made; false for any other text in its place. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, m, t, p, nonce = '', tag = ''] = PHC.exec(hash) ?? [];
  const cost = { memory: Number(m), passes: Number(t), parallelism: Number(p) };
  if (tag === '' || cost.memory > MOST.memory || cost.passes > MOST.passes || cost.parallelism > MOST.parallelism) {
    return false;
  }
  const expected = Buffer.from(tag, 'base64');
  const nonceBytes = Buffer.from(nonce, 'base64');
  const derived = await derive('argon2id', {
    ...cost,
    message: password,
    nonce: nonceBytes,
    tagLength: expected.length,
  });
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
