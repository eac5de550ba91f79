import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeKeys, SYSTEM } from '../../../src/adapters/domains/key-changes.js';
import { readDkimKeys, setDkimKeyStatus } from '../../../src/adapters/domains/dkim-keys.js';
import { readDomain } from '../../../src/adapters/organizations/domains.js';
import { ONWARD_SETTINGS } from '../../support/onward-settings.js';
import { SendingFlow } from '../../support/sending-flow.js';

let flow: SendingFlow;

beforeAll(async () => {
  flow = await SendingFlow.start();
});
afterAll(() => flow?.stop());
beforeEach(() => flow.begin());

test.each([
  ['plain', (domain: string) => `Ada <ada@${domain}>`],
  ['with a comment behind it', (domain: string) => `ada@${domain} (Ada of Accounts)`],
])('what leaves is signed by the keys of its author, whose field is %s', async (_, from) => {
  const { domain, id: organizationId } = flow.organization;
  const selectors = await flow.servers.read(flow.organization, async (sql) => {
    const now = new Date();
    await makeKeys(sql, ONWARD_SETTINGS.secretKey!, (await readDomain(sql, domain))!, SYSTEM, now);
    const keys = await readDkimKeys(sql, [domain]);
    for (const { id } of keys) await setDkimKeyStatus(sql, id, 'ACTIVE', now);
    return keys.map(({ selector }) => selector);
  });
  const bytes = Buffer.from(
    [`From: ${from(domain)}`, 'To: bea@one.example', `Subject: ${organizationId}`, '', 'Hello.', ''].join('\r\n'),
  );
  const id = await flow.send(['bea@one.example'], { bytes });
  await flow.becomes(id, 'DELIVERED');
  const [taken] = flow.remote.taken;
  expect(taken!.data.match(/^DKIM-Signature:/gim)).toHaveLength(2);
  for (const selector of selectors) expect(taken!.data).toMatch(new RegExp(`s=${selector}\\b`));
  expect(taken!.data).toContain(`d=${domain}`);
});
