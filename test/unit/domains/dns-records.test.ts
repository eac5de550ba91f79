import { describe, expect, test } from 'vitest';
import { newSelectors } from '../../../src/domain/domains/dkim-key.js';
import { decideSigning } from '../../../src/domain/domains/dkim-selection.js';
import { nextLook, nextRotation, rotationSteps, type RotatingKey } from '../../../src/domain/domains/dkim-rotation.js';
import { dnsQuestions, dnsRecords, txtStrings, zoneValue } from '../../../src/domain/domains/dns-records.js';
import { assessDkim, assessDmarc, assessMx, assessSpfRecords } from '../../../src/domain/domains/record-assessment.js';
import { returnPathProblems } from '../../../src/domain/domains/return-path.js';
import { assessSpf, mergedSpf } from '../../../src/domain/domains/spf-record.js';
import { readTagList } from '../../../src/domain/domains/tag-list.js';

const key = { selector: 's', algorithm: 'rsa-sha256', status: 'PENDING', publicKey: 'AbC+/=' } as const;

describe('a DKIM record', () => {
  test.each([
    ['v=DKIM1; k=rsa; p=AbC+/=', 'PUBLISHED', null],
    ['p=AbC+/=', 'PUBLISHED', null],
    ['v=DKIM1; k=rsa; h=sha1:sha256; s=email; p=Ab C+\t/=;', 'PUBLISHED', null],
    ['v=DKIM1; t=y; p=AbC+/=', 'PUBLISHED', /test/],
    ['v=DKIM1; p=', 'DIFFERENT', /revoked/],
    ['v=DKIM1; p=abC+/=', 'DIFFERENT', /Another key/],
    ['v=DKIM1; k=ed25519; p=AbC+/=', 'DIFFERENT', /algorithm/],
    ['v=DKIM1; h=sha1; p=AbC+/=', 'DIFFERENT', /SHA-256/],
    ['v=DKIM1; s=other; p=AbC+/=', 'DIFFERENT', /mail/],
    ['v=DKIM2; p=AbC+/=', 'DIFFERENT', /v=DKIM1/],
    ['v=spf1 -all', 'DIFFERENT', /no DKIM key/],
    ['p=AbC+/=; p=other', 'DIFFERENT', /no DKIM key/],
  ])('that says %s is %s', (text, status, problem) => {
    const assessed = assessDkim(key, [text]);
    expect(assessed).toMatchObject({ text: 'v=DKIM1; k=rsa; p=AbC+/=', status });
    if (problem === null) expect(assessed.problem).toBeNull();
    else expect(assessed.problem).toMatch(problem);
  });

  test('is missing without any, and different where there are two', () => {
    expect(assessDkim(key, [])).toMatchObject({
      status: 'MISSING',
      problem: expect.stringContaining('Nothing is signed'),
    });
    expect(assessDkim(key, ['p=AbC+/=', 'p=x'])).toMatchObject({ status: 'DIFFERENT' });
  });

  test('is written in strings of 255 characters that come to the whole', () => {
    const text = `v=DKIM1; k=rsa; p=${'x'.repeat(392)}`;
    expect(txtStrings(text).map(({ length }) => length)).toEqual([255, 155]);
    expect(zoneValue({ type: 'TXT', text })).toBe(`"${text.slice(0, 255)}" "${text.slice(255)}"`);
    expect(zoneValue({ type: 'TXT', text: 'a"b\\c' })).toBe('"a\\"b\\\\c"');
    expect(zoneValue({ type: 'MX', text: '10 mx.example.org' })).toBe('10 mx.example.org.');
  });
});

describe('SPF', () => {
  test.each([
    [null, 'v=spf1 ip4:192.0.2.1 a:mx.example ~all'],
    ['v=spf1 include:other.example -all', 'v=spf1 include:other.example ip4:192.0.2.1 a:mx.example -all'],
    ['v=spf1 +IP4:192.0.2.1  ?all', 'v=spf1 +IP4:192.0.2.1 a:mx.example ?all'],
    ['v=spf1 redirect=other.example', 'v=spf1 ip4:192.0.2.1 a:mx.example redirect=other.example'],
    ['v=spf1 mx', 'v=spf1 mx ip4:192.0.2.1 a:mx.example ~all'],
    // Behind `all` nothing counts, and what fails does not let pass.
    ['v=spf1 -ip4:192.0.2.1 ~all a:mx.example', 'v=spf1 -ip4:192.0.2.1 ip4:192.0.2.1 a:mx.example ~all a:mx.example'],
  ])('of %s is merged to what passes', (published, merged) => {
    const mechanisms = ['ip4:192.0.2.1', 'a:mx.example'];
    expect(mergedSpf(published, mechanisms)).toBe(merged);
    expect(assessSpf(merged, mechanisms)).toEqual({ fits: true, warning: null });
  });

  test('tells too many lookups, an open end, two records, and that it does not know what mail leaves from', () => {
    const many = `v=spf1 ${Array.from({ length: 11 }, (_, n) => `include:s${n}.example`).join(' ')} -all`;
    expect(assessSpf(many, [])).toMatchObject({ fits: false, problem: expect.stringContaining('11 times') });
    expect(assessSpf('v=spf1 +all', [])).toMatchObject({ fits: true, warning: expect.stringContaining('anybody') });
    expect(assessSpfRecords(['v=spf1 -all', 'v=spf1 mx -all'], ['mx:a.example'])).toMatchObject({
      status: 'DIFFERENT',
    });
    expect(assessSpfRecords(['v=spf1 -all'], [])).toMatchObject({ status: 'UNKNOWN' });
    expect(assessSpfRecords(['v=spf10 -all'], ['mx:a.example'])).toMatchObject({ status: 'MISSING' });
  });
});

test('MX, DMARC and tag lists are read as their RFCs have them', () => {
  expect(assessMx('example.org', ['Other.example', 'MX.own.example.'], 'mx.own.example').status).toBe('PUBLISHED');
  expect(assessMx('example.org', ['other.example'], 'mx.own.example')).toMatchObject({ status: 'DIFFERENT' });
  expect(assessMx('example.org', [''], 'mx.own.example').problem).toContain('takes no mail');
  expect(assessMx('example.org', [], null).status).toBe('UNKNOWN');
  expect(assessDmarc('example.org', ['v=DMARC1; p=Reject']).status).toBe('PUBLISHED');
  expect(assessDmarc('example.org', ['v=DMARC1; rua=mailto:x@example.org']).status).toBe('DIFFERENT');
  expect(assessDmarc('example.org', ['v=DMARC1; p=none', 'v=DMARC1; p=none']).status).toBe('DIFFERENT');
  expect(readTagList('a=1; b = 2 ;')).toEqual(
    new Map([
      ['a', '1'],
      ['b', '2'],
    ]),
  );
  expect(readTagList('a')).toBeNull();
  expect(readTagList(';'.repeat(10_000))).toBeNull();
});

const domain = {
  name: 'mail.example.org',
  keys: [key],
  returnPath: { mode: 'VERP', host: 'bounces.mail.example.org' },
  createdAt: '2026-11-20T00:00:00Z',
} as const;
const host = { hostname: 'mx.everpost.example', spf: ['ip4:192.0.2.1'] };

describe('the records of a domain', () => {
  const at = '2026-11-20T10:00:00Z';
  const answer = (name: string, values: string[] | null, type: 'TXT' | 'MX' = 'TXT') => ({
    type,
    name,
    values,
    failure: values === null ? 'no answer' : null,
    checkedAt: at,
  });
  const of = (answers: ReturnType<typeof answer>[]) =>
    Object.fromEntries(dnsRecords(domain, host, answers).map((record) => [`${record.purpose} ${record.type}`, record]));

  test('are those that questions are asked about', () => {
    const asked = dnsQuestions(domain).map(({ type, name }) => `${type} ${name}`);
    for (const { type, name } of dnsRecords(domain, host, [])) expect(asked).toContain(`${type} ${name}`);
    expect(asked).toContain('TXT _dmarc.example.org');
    expect(new Set(asked).size).toBe(asked.length);
  });

  test('are unknown before a look, and where nobody could say', () => {
    expect(dnsRecords(domain, host, []).every(({ status, problem }) => status === 'UNKNOWN' && problem !== null)).toBe(
      true,
    );
    expect(of([answer('mail.example.org', null)])['SPF TXT']).toMatchObject({
      status: 'UNKNOWN',
      problem: expect.stringContaining('no answer'),
    });
  });

  test('take the policy of the nearest domain above, and none from beyond one that nobody could ask', () => {
    const above = answer('_dmarc.example.org', ['v=DMARC1; p=reject']);
    expect(of([answer('_dmarc.mail.example.org', []), above])['DMARC TXT']).toMatchObject({
      status: 'PUBLISHED',
      found: ['v=DMARC1; p=reject'],
    });
    expect(of([answer('_dmarc.mail.example.org', null), above])['DMARC TXT']).toMatchObject({ status: 'UNKNOWN' });
  });

  test("ask for SPF where bounces go, and leave the domain's own to whoever else sends for it", () => {
    const records = dnsRecords(domain, host, []);
    expect(records.find(({ purpose }) => purpose === 'SPF')?.required).toBe(false);
    expect(
      records.filter(({ purpose }) => purpose === 'RETURN_PATH').map(({ type, name }) => `${type} ${name}`),
    ).toEqual(['TXT bounces.mail.example.org', 'MX bounces.mail.example.org']);
    const given = dnsRecords({ ...domain, returnPath: { mode: 'AS_GIVEN', host: domain.name } }, host, []);
    expect(given.filter(({ purpose }) => purpose === 'RETURN_PATH')).toEqual([]);
    expect(given.find(({ purpose }) => purpose === 'SPF')?.required).toBe(true);
  });
});

describe('rotation', () => {
  const rotating = (id: string, status: RotatingKey['status'], more: Partial<RotatingKey> = {}): RotatingKey => ({
    id,
    selector: id,
    algorithm: 'rsa-sha256',
    status,
    activatedAt: null,
    retiringAt: null,
    ...more,
  });
  const settings = { rotationDays: 180, overlapDays: 7 };
  const now = new Date('2026-11-20T00:00:00Z');
  const steps = (keys: RotatingKey[], published: string[] = []) =>
    rotationSteps(keys, new Set(published), settings, now).map((step) =>
      step.do === 'renew' ? 'renew' : `${step.do} ${step.key.id}`,
    );

  test('switches where the record is seen, within an algorithm alone', () => {
    const old = rotating('old', 'ACTIVE', { activatedAt: '2026-11-01T00:00:00Z' });
    const ed = rotating('ed', 'PENDING', { algorithm: 'ed25519-sha256' });
    expect(steps([old, rotating('new', 'PENDING'), ed], [])).toEqual([]);
    expect(steps([old, rotating('new', 'PENDING'), ed], ['new'])).toEqual(['supersede old', 'activate new']);
    expect(steps([old, ed], ['ed'])).toEqual(['activate ed']);
  });

  test('retires after the overlap, and renews at the age, once', () => {
    const retiring = (at: string) => rotating('r', 'RETIRING', { retiringAt: at });
    expect(steps([retiring('2026-11-13T00:00:01Z')])).toEqual([]);
    expect(steps([retiring('2026-11-13T00:00:00Z')])).toEqual(['retire r']);
    const aged = rotating('a', 'ACTIVE', { activatedAt: '2026-05-24T00:00:00Z' });
    expect(steps([aged])).toEqual(['renew']);
    expect(steps([aged, rotating('p', 'PENDING')])).toEqual([]);
    expect(nextRotation([aged], { ...settings, rotationDays: null })).toBeNull();
  });

  test('looks often while a record is awaited, and daily where all is well', () => {
    const minutes = (facts: Parameters<typeof nextLook>[0]) =>
      (nextLook(facts, now).getTime() - now.getTime()) / 60_000;
    expect(minutes({ waitingSince: '2026-11-19T23:30:00Z', unanswered: false })).toBe(2);
    expect(minutes({ waitingSince: '2026-11-19T12:00:00Z', unanswered: false })).toBe(15);
    expect(minutes({ waitingSince: '2026-10-01T00:00:00Z', unanswered: false })).toBe(180);
    expect(minutes({ waitingSince: null, unanswered: true })).toBe(30);
    expect(minutes({ waitingSince: null, unanswered: false })).toBe(1_440);
  });

  test('never takes a selector twice', () => {
    const first = newSelectors(now, []);
    expect(first['rsa-sha256']).toBe('everpost-20261120-rsa');
    expect(newSelectors(now, [first['ed25519-sha256']])['rsa-sha256']).toBe('everpost-20261120-2-rsa');
  });
});

test('mail is signed by its own domain alone, and held where its keys do not open', () => {
  const signing = { name: 'example.org', required: true, keys: ['key'], unreadable: [] };
  const unreadable = [{ selector: 's', reason: 'another key' }];
  expect(decideSigning(null)).toMatchObject({ kind: 'unsigned' });
  expect(decideSigning(signing)).toMatchObject({ kind: 'sign', domain: 'example.org', keys: ['key'] });
  expect(decideSigning({ ...signing, keys: [] })).toMatchObject({ kind: 'unsigned' });
  expect(decideSigning({ ...signing, keys: [], unreadable })).toMatchObject({
    kind: 'hold',
    reason: expect.stringContaining('s: another key'),
  });
  expect(decideSigning({ ...signing, keys: [], unreadable, required: false })).toMatchObject({ kind: 'unsigned' });
  expect(decideSigning({ ...signing, unreadable })).toMatchObject({ kind: 'sign', unreadable });
});

test('bounces go to the domain or below it', () => {
  expect(returnPathProblems('example.org', null)).toEqual([]);
  expect(returnPathProblems('example.org', 'bounces.example.org')).toEqual([]);
  for (const foreign of ['example.com', 'evilexample.org', 'a b.example.org', '.example.org']) {
    expect(returnPathProblems('example.org', foreign)).toHaveLength(1);
  }
});
