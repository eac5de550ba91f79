import { expect, test } from 'vitest';
import { planProtection, type ProtectionQuestion } from '../../../src/domain/outgoing/plan-protection.js';
import {
  DEFAULT_PROTECTION_POLICY,
  protectionPolicyProblems,
  type KnownKey,
  type ProtectionRule,
  type SigningKey,
} from '../../../src/domain/outgoing/protection-policy.js';

const NOW = new Date('2026-11-21T00:00:00Z');

const known = (address: string, over: Partial<KnownKey> = {}): KnownKey => ({
  id: `${over.kind ?? 'smime'} ${address}`,
  kind: 'smime',
  fingerprint: address,
  addresses: [address],
  validFrom: '2026-01-01T00:00:00Z',
  validTo: '2027-01-01T00:00:00Z',
  trust: 'VERIFIED',
  ...over,
});
const own = (over: Partial<SigningKey> = {}): SigningKey => ({ ...known('ada@ours.example'), readable: true, ...over });
const rule = (over: Partial<ProtectionRule>): ProtectionRule => ({
  from: null,
  to: null,
  sign: null,
  encrypt: null,
  form: null,
  ...over,
});

function plan(over: Partial<Omit<ProtectionQuestion, 'policy'>> & { policy?: object; to?: string[] } = {}) {
  const { policy, to = ['bob@theirs.example'], ...rest } = over;
  return planProtection({
    policy: { ...DEFAULT_PROTECTION_POLICY, encryptToSelf: false, ...policy },
    choice: {},
    author: 'ada@ours.example',
    recipients: to.map((address) => ({ address, role: 'to' as const })),
    signingKeys: [],
    keys: [],
    now: NOW,
    ...rest,
  });
}
const ENCRYPT = { encrypt: 'REQUIRE' } as const;

test('asks for nothing by itself', () => {
  const all = plan({ signingKeys: [own()], keys: [known('bob@theirs.example')] });
  expect(all).toEqual({
    result: 'send',
    without: [],
    groups: [{ recipients: ['bob@theirs.example'], form: null, signWith: null, encryptTo: [], ownKey: null }],
  });
});

test.each([
  ['no key is known', [], 'no S/MIME certificate is known of bob@theirs.example'],
  [
    'its key has expired',
    [known('bob@theirs.example', { validTo: '2026-10-01T00:00:00Z' })],
    'the S/MIME certificate of bob@theirs.example expired on 2026-10-01',
  ],
  [
    'its key is not in force yet',
    [known('bob@theirs.example', { validFrom: '2026-12-01T00:00:00Z' })],
    'is not in force yet',
  ],
  ['its key is trusted too little', [known('bob@theirs.example', { trust: 'SEEN' })], 'is not trusted enough'],
])('where encryption is required and %s, the message is held', (_name, keys, reason) => {
  const held = plan({ policy: { ...ENCRYPT, leastTrust: 'DOMAIN' }, keys });
  expect(held).toMatchObject({ result: 'hold', without: [{ recipient: 'bob@theirs.example' }] });
  expect((held as { reason: string }).reason).toContain(reason);
  expect((held as { reason: string }).reason).toContain('no OpenPGP key is known of bob@theirs.example');
});

test.each([
  ['there is none', [], 'has no private S/MIME certificate of ada@ours.example'],
  ['it has expired', [own({ validTo: '2026-11-20T00:00:00Z' })], 'expired on 2026-11-20'],
  ['it cannot be unsealed', [own({ readable: false })], 'cannot be unsealed'],
])('where a signature is required and the own key: %s, the message is held', (_name, signingKeys, reason) => {
  const held = plan({ policy: { sign: 'REQUIRE' }, signingKeys });
  expect(held).toMatchObject({ result: 'hold', without: [{ recipient: null }] });
  expect((held as { reason: string }).reason).toContain(reason);
});

test('one recipient without a key holds the message for all', () => {
  const keys = [known('bob@theirs.example')];
  expect(plan({ policy: ENCRYPT, keys, to: ['bob@theirs.example', 'eve@other.example'] })).toMatchObject({
    result: 'hold',
    without: [{ recipient: 'eve@other.example' }],
  });
});

test('where possible, who has a key gets it encrypted and the others as it is, and it says who', () => {
  const sent = plan({
    policy: { encrypt: 'WHERE_POSSIBLE' },
    keys: [known('bob@theirs.example')],
    to: ['bob@theirs.example', 'eve@other.example'],
  });
  expect(sent).toMatchObject({
    result: 'send',
    groups: [
      { recipients: ['bob@theirs.example'], form: 'smime', encryptTo: ['smime bob@theirs.example'] },
      { recipients: ['eve@other.example'], form: null, encryptTo: [] },
    ],
    without: [{ recipient: 'eve@other.example' }],
  });
});

test('a sending may ask for more, and for less where the organization does not require it', () => {
  const keys = [known('bob@theirs.example')];
  const encrypts = (result: ReturnType<typeof plan>) =>
    result.result === 'send' && result.groups[0]!.encryptTo.length > 0;
  expect(encrypts(plan({ keys, choice: { encrypt: 'WHERE_POSSIBLE' } }))).toBe(true);
  expect(encrypts(plan({ keys, policy: { encrypt: 'WHERE_POSSIBLE' }, choice: { encrypt: 'NEVER' } }))).toBe(false);
  expect(encrypts(plan({ keys, policy: ENCRYPT, choice: { encrypt: 'NEVER' } }))).toBe(true);
  expect(plan({ choice: { encrypt: 'REQUIRE' } }).result).toBe('hold');
});

test('the first rule that fits and says something of it counts', () => {
  const rules = [
    rule({ to: '*.bank.example', encrypt: 'REQUIRE' }),
    rule({ from: 'other.example', encrypt: 'REQUIRE' }),
    rule({ to: 'mail.bank.example', encrypt: 'NEVER', form: 'openpgp' }),
  ];
  const heldFor = (to: string) => plan({ policy: { rules }, to: [to] }).result === 'hold';
  expect(
    ['bob@mail.bank.example', 'bob@bank.example', 'bob@notbank.example', 'bob@theirs.example'].map(heldFor),
  ).toEqual([true, true, false, false]);
  const keys = (['smime', 'openpgp'] as const).map((kind) => known('bob@mail.bank.example', { kind }));
  expect(plan({ policy: { rules }, keys, to: ['bob@mail.bank.example'] })).toMatchObject({
    groups: [{ form: 'openpgp' }],
  });
});

test('the form that serves all that is asked for is taken, the preferred one first', () => {
  const keys = [known('bob@theirs.example'), known('bob@theirs.example', { kind: 'openpgp' })];
  const both = { sign: 'WHERE_POSSIBLE', encrypt: 'WHERE_POSSIBLE' } as const;
  const pgp = own({ id: 'pgp', kind: 'openpgp' });
  expect(plan({ policy: both, keys, signingKeys: [own()] })).toMatchObject({ groups: [{ form: 'smime' }] });
  expect(plan({ policy: both, keys, signingKeys: [pgp] })).toMatchObject({
    groups: [{ form: 'openpgp', signWith: 'pgp', encryptTo: ['openpgp bob@theirs.example'] }],
    without: [],
  });
  // Encryption is worth more than the signature, unless that is required.
  expect(plan({ policy: both, keys: keys.slice(0, 1), signingKeys: [pgp] })).toMatchObject({
    groups: [{ form: 'smime', signWith: null }],
  });
  expect(plan({ policy: { ...both, sign: 'REQUIRE' }, keys: keys.slice(0, 1), signingKeys: [pgp] })).toMatchObject({
    groups: [{ form: 'openpgp', signWith: 'pgp', encryptTo: [] }],
  });
});

test('who is in Bcc and written to encrypted gets a copy of his own; in the clear he needs none', () => {
  const recipients = [
    { address: 'bob@theirs.example', role: 'to' as const },
    { address: 'cy@theirs.example', role: 'cc' as const },
    { address: 'boss@ours.example', role: 'bcc' as const },
    { address: 'legal@ours.example', role: 'bcc' as const },
  ];
  const keys = recipients.map(({ address }) => known(address));
  const sent = plan({ policy: ENCRYPT, keys, recipients });
  expect(sent).toMatchObject({
    groups: [
      { recipients: ['bob@theirs.example', 'cy@theirs.example'] },
      { recipients: ['boss@ours.example'], encryptTo: ['smime boss@ours.example'] },
      { recipients: ['legal@ours.example'], encryptTo: ['smime legal@ours.example'] },
    ],
  });
  const signed = plan({ policy: { sign: 'REQUIRE' }, signingKeys: [own()], recipients });
  expect(signed).toMatchObject({ groups: [{ recipients: recipients.map(({ address }) => address) }] });
});

test('the most trusted key is taken, of these the newest', () => {
  const keys = [
    known('bob@theirs.example', { id: 'seen', trust: 'SEEN', validFrom: '2026-11-01T00:00:00Z' }),
    known('bob@theirs.example', { id: 'old', validFrom: '2025-01-01T00:00:00Z' }),
    known('bob@theirs.example', { id: 'new' }),
  ];
  expect(plan({ policy: ENCRYPT, keys })).toMatchObject({ groups: [{ encryptTo: ['new'] }] });
});

test('the author reads it too, by a key whose private part is here', () => {
  const keys = [known('bob@theirs.example'), known('ada@ours.example')];
  const sent = (signingKeys: SigningKey[]) => plan({ policy: { ...ENCRYPT, encryptToSelf: true }, keys, signingKeys });
  expect(sent([own()])).toMatchObject({ groups: [{ ownKey: 'smime ada@ours.example' }] });
  expect(sent([])).toMatchObject({ groups: [{ ownKey: null }] });
});

test('ten thousand recipients are planned, and a copy is never encrypted to too many keys', () => {
  const to = Array.from({ length: 10_000 }, (_, at) => `r${at}@theirs.example`);
  const sent = plan({ policy: ENCRYPT, keys: to.map((address) => known(address)), to });
  if (sent.result !== 'send') throw new Error(sent.reason);
  expect(sent.groups.flatMap(({ recipients }) => recipients).toSorted()).toEqual(to.toSorted());
  expect(Math.max(...sent.groups.map(({ encryptTo }) => encryptTo.length))).toBe(200);
  const held = plan({ policy: ENCRYPT, to });
  expect((held as { reason: string }).reason).toContain('and 9995 more');
});

test('what a policy cannot be is told by its field', () => {
  const rules = [rule({ to: 'no domain', sign: 'NEVER' }), rule({ from: '*.ours.example' })];
  expect(protectionPolicyProblems({ rules }).map(({ field }) => field)).toEqual(['rules[0].to', 'rules[1]']);
});
