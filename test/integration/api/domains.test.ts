import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDnsResolver } from '../../../src/adapters/dns/resolver.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startDnsServer, type DnsServer } from '../../support/dns-server.js';
import { answersOf, type DnsZone } from '../../support/dns-zone.js';
import { startTestApi, type TestApi } from './test-api.js';

const zone: DnsZone = { txt: {}, mx: {}, fail: new Set() };
let api: TestApi;
let dns: DnsServer;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  dns = await startDnsServer(answersOf(zone));
  api = await startTestApi({
    secretKey: randomBytes(32),
    domainLook: {
      resolver: () => createDnsResolver({ servers: [dns.address] }),
      host: { hostname: 'mx.everpost.example', spf: ['ip4:192.0.2.1'] },
    },
  });
  const owner = api.database.open('owner');
  ours = await createOrganization(owner, 'ours.example');
  theirs = await createOrganization(owner, 'theirs.example');
});
afterAll(async () => {
  await api?.close();
  await dns?.[Symbol.asyncDispose]();
});

interface RecordView {
  type: string;
  name: string;
  value: string;
  text: string;
  purpose: string;
  required: boolean;
  status: string;
  found: string[];
  problem: string | null;
  checkedAt: string | null;
}
interface DomainView {
  name: string;
  checkedAt: string | null;
  signingRequired: boolean;
  keyRotationDays: number | null;
  keyOverlapDays: number;
  nextKeyRotationAt: string | null;
  returnPath: { mode: string; host: string };
  dkimKeys: {
    selector: string;
    algorithm: string;
    status: string;
    forcedBy: string | null;
    publishedAt: string | null;
  }[];
  dnsRecords: RecordView[];
}

const VIEW = `name checkedAt signingRequired keyRotationDays keyOverlapDays nextKeyRotationAt returnPath { mode host }
  dkimKeys { selector algorithm status forcedBy publishedAt }
  dnsRecords { type name value text purpose required status found problem checkedAt }`;

async function call(mutation: string, variables: Record<string, unknown>, token = ours.token) {
  const types: Record<string, string> = { input: 'DomainSettingsInput!', replacePending: 'Boolean' };
  const declared = Object.keys(variables).map((name) => `$${name}: ${types[name] ?? 'String!'}`);
  const given = Object.keys(variables).map((name) => `${name}: $${name}`);
  const { data, errors } = await api.graphql<{ result: DomainView }>(
    token,
    `mutation (${declared.join(', ')}) { result: ${mutation}(${given.join(', ')}) { ${VIEW} } }`,
    variables,
  );
  return { domain: data?.result as DomainView, error: errors?.[0] };
}

async function read(name: string, token = ours.token): Promise<DomainView | null> {
  const { data } = await api.graphql<{ domain: DomainView | null }>(
    token,
    `query ($name: String!) { domain(name: $name) { ${VIEW} } }`,
    { name },
  );
  return data!.domain;
}

const states = (domain: DomainView) =>
  Object.fromEntries(
    domain.dnsRecords.map((record) => [`${record.purpose} ${record.type} ${record.name}`, record.status]),
  );

test('a domain comes with keys of both kinds and the records to publish, and each state is seen', async () => {
  const { domain } = await call('addDomain', { name: 'Bücher.example' });
  expect(domain.name).toBe('xn--bcher-kva.example');
  expect(domain.dkimKeys.map(({ algorithm, status }) => `${algorithm} ${status}`).toSorted()).toEqual([
    'ed25519-sha256 PENDING',
    'rsa-sha256 PENDING',
  ]);
  expect(domain.dnsRecords.every(({ status, checkedAt }) => status === 'UNKNOWN' && checkedAt === null)).toBe(true);
  const rsa = domain.dnsRecords.find(({ purpose, text }) => purpose === 'DKIM' && text.includes('k=rsa'))!;
  const ed = domain.dnsRecords.find(({ purpose, text }) => purpose === 'DKIM' && text.includes('k=ed25519'))!;
  expect(rsa.value).toMatch(/^"v=DKIM1; k=rsa; p=[^"]{237}" "[^"]+"$/);
  expect([...rsa.value.matchAll(/"([^"]*)"/g)].map(([, piece]) => piece).join('')).toBe(rsa.text);

  const { name } = domain;
  zone.txt[rsa.name] = [rsa.text];
  zone.txt[ed.name] = [ed.text.replace(/p=./, 'p=#')];
  zone.txt[name] = ['google-site-verification=x', 'v=spf1 include:other.example -all'];
  zone.mx[name] = ['mx.elsewhere.example'];
  zone.txt['_dmarc.example'] = ['v=DMARC1; p=reject'];
  zone.fail.add(`_smtp._tls.${name}`);
  const checked = (await call('checkDomain', { domain: name })).domain;
  expect(states(checked)).toEqual({
    [`DKIM TXT ${rsa.name}`]: 'PUBLISHED',
    [`DKIM TXT ${ed.name}`]: 'DIFFERENT',
    [`SPF TXT ${name}`]: 'DIFFERENT',
    [`RETURN_PATH MX ${name}`]: 'DIFFERENT',
    [`DMARC TXT _dmarc.${name}`]: 'MISSING',
    [`MTA_STS TXT _mta-sts.${name}`]: 'MISSING',
    [`TLS_REPORTS TXT _smtp._tls.${name}`]: 'UNKNOWN',
  });
  expect(checked.checkedAt).not.toBeNull();
  expect(checked.dnsRecords.every(({ status, problem }) => status === 'PUBLISHED' || problem !== null)).toBe(true);
  const spf = checked.dnsRecords.find(({ purpose }) => purpose === 'SPF')!;
  expect(spf).toMatchObject({
    found: ['v=spf1 include:other.example -all'],
    text: 'v=spf1 include:other.example ip4:192.0.2.1 -all',
    required: true,
  });
  expect(checked.dkimKeys.find(({ algorithm }) => algorithm === 'rsa-sha256')?.status).toBe('ACTIVE');
  expect(checked.dkimKeys.find(({ algorithm }) => algorithm === 'ed25519-sha256')?.status).toBe('PENDING');
  expect(checked.nextKeyRotationAt).not.toBeNull();

  // What is published now is seen now, whatever was there a moment ago.
  zone.txt[ed.name] = [ed.text];
  zone.txt[name] = [spf.text];
  zone.mx[name] = ['mx.everpost.example'];
  zone.txt[`_dmarc.${name}`] = ['v=DMARC1; p=none'];
  zone.fail.clear();
  const again = (await call('checkDomain', { domain: name })).domain;
  expect(again.dnsRecords.filter(({ required, status }) => required && status !== 'PUBLISHED')).toEqual([]);
  expect(again.dkimKeys.every(({ status }) => status === 'ACTIVE')).toBe(true);
});

test('keys are rotated, forced and ended by hand, and it is written down who did', async () => {
  const name = 'ours.example';
  // The first organization's domain has none.
  expect((await read(name))!.dkimKeys).toEqual([]);
  const { domain } = await call('rotateKeys', { domain: name });
  expect(domain.dkimKeys).toHaveLength(2);
  expect((await call('rotateKeys', { domain: name })).error?.extensions.code).toBe('CONFLICT');
  const replaced = (await call('rotateKeys', { domain: name, replacePending: true })).domain;
  expect(replaced.dkimKeys.map(({ status }) => status).toSorted()).toEqual([
    'PENDING',
    'PENDING',
    'RETIRED',
    'RETIRED',
  ]);
  const waiting = replaced.dkimKeys.find(({ status }) => status === 'PENDING')!.selector;
  const forced = (await call('activateKey', { domain: name, selector: waiting })).domain;
  expect(forced.dkimKeys.find(({ selector }) => selector === waiting)).toMatchObject({
    status: 'ACTIVE',
    forcedBy: 'token test',
    publishedAt: null,
  });
  expect((await call('activateKey', { domain: name, selector: waiting })).error?.extensions.code).toBe('CONFLICT');
  await call('retireKey', { domain: name, selector: waiting });
  expect((await call('retireKey', { domain: name, selector: waiting })).error?.extensions.code).toBe('CONFLICT');
  expect((await call('retireKey', { domain: name, selector: 'none' })).error?.extensions.code).toBe('NOT_FOUND');
  const trail = await api.database.open('owner').query<{ action: string; actor: string; text: string }>(
    `select a.action, a.actor, coalesce(before::text, '') || coalesce(after::text, '') as text
       from audit_events a join domains d on d.id::text = a.object_id where d.name = $1 order by a.id`,
    [name],
  );
  expect(trail.map(({ action }) => action)).toEqual([
    'domain.makeKeys',
    'domain.retireKey',
    'domain.retireKey',
    'domain.makeKeys',
    'domain.activateKey',
    'domain.retireKey',
  ]);
  expect(trail.every(({ actor, text }) => actor === 'token test' && !text.includes('PRIVATE'))).toBe(true);
});

test('settings are checked, changed one by one, and show in the records at once', async () => {
  const name = 'ours.example';
  const wrong = await call('updateDomain', {
    domain: name,
    input: { keyRotationDays: 0, keyOverlapDays: 91, returnPathHost: 'bounces.evil.example' },
  });
  expect(wrong.error?.extensions['problems']).toMatchObject([
    { field: 'returnPathHost' },
    { field: 'keyRotationDays' },
    { field: 'keyOverlapDays' },
  ]);
  const { domain } = await call('updateDomain', {
    domain: name,
    input: { keyRotationDays: null, returnPathHost: 'Bounces.ours.example.' },
  });
  expect(domain).toMatchObject({
    keyRotationDays: null,
    keyOverlapDays: 7,
    signingRequired: true,
    returnPath: { mode: 'VERP', host: 'bounces.ours.example' },
  });
  expect(Object.keys(states(domain))).toContain('RETURN_PATH MX bounces.ours.example');
  const given = await call('updateDomain', {
    domain: name,
    input: { returnPathMode: 'AS_GIVEN', returnPathHost: null },
  });
  expect(given.domain.returnPath).toEqual({ mode: 'AS_GIVEN', host: name });
  expect(given.domain.dnsRecords.some(({ purpose }) => purpose === 'RETURN_PATH')).toBe(false);
});

test('a domain goes where nothing depends on it', async () => {
  const { error } = await call('removeDomain', { domain: 'ours.example' });
  expect(error).toMatchObject({ extensions: { code: 'CONFLICT' }, message: expect.stringContaining('1 mailboxes') });
  await call('addDomain', { name: 'gone.example' });
  expect((await call('removeDomain', { domain: 'Gone.Example' })).domain.name).toBe('gone.example');
  expect(await read('gone.example')).toBeNull();
  expect((await call('addDomain', { name: 'gone.example' }, theirs.token)).domain.name).toBe('gone.example');
});

test("an organization sees and changes no other's domain", async () => {
  expect(await read('ours.example', theirs.token)).toBeNull();
  const attempts = await Promise.all([
    call('checkDomain', { domain: 'ours.example' }, theirs.token),
    call('rotateKeys', { domain: 'ours.example' }, theirs.token),
    call('updateDomain', { domain: 'ours.example', input: { signingRequired: false } }, theirs.token),
    call('retireKey', { domain: 'ours.example', selector: 'x' }, theirs.token),
    call('removeDomain', { domain: 'ours.example' }, theirs.token),
  ]);
  expect(attempts.map(({ error }) => error?.extensions.code)).toEqual(Array(5).fill('NOT_FOUND'));
  const { data } = await api.graphql<{ domains: { name: string }[] }>(theirs.token, '{ domains { name } }');
  expect(data!.domains.map(({ name }) => name)).toEqual(['gone.example', 'theirs.example']);
});

test('people are told of a domain without a message', async () => {
  const { data, errors } = await api.graphql<{ notifications: { edges: { node: object }[] } }>(
    ours.token,
    '{ notifications { edges { node { kind recipient domain text message { id } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data!.notifications.edges[0]!.node).toMatchObject({ domain: expect.any(String), message: null });
});

test('without a secret key no keys are made, and without the DNS none is asked', async () => {
  const bare = await startTestApi();
  try {
    const { token } = await createOrganization(bare.database.open('owner'), 'bare.example');
    const added = await bare.graphql<{ addDomain: { dkimKeys: unknown[] } }>(
      token,
      'mutation { addDomain(name: "other.example") { dkimKeys { selector } } }',
    );
    expect(added.data!.addDomain.dkimKeys).toEqual([]);
    for (const mutation of ['rotateKeys', 'checkDomain']) {
      const { errors } = await bare.graphql(token, `mutation { ${mutation}(domain: "bare.example") { name } }`);
      expect(errors?.[0]).toMatchObject({
        extensions: { code: 'CONFLICT' },
        message: expect.stringMatching(/EVERPOST_(SECRET_KEY is not set|DNS is off)/),
      });
    }
  } finally {
    await bare.close();
  }
});
