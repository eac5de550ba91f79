import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sentSignals } from '../../src/activities/sent-signals.js';
import type { RunContext } from '../../src/activities/run-context.js';
import { VerpAddresses } from '../../src/adapters/signed-tokens/verp.js';
import type { SignalEvidence } from '../../src/domain/outgoing/signal.js';
import { DEFAULT_PARSE_LIMITS } from '../../src/domain/parsed-message.js';
import { mailOrigin } from '../../src/engines/content/mail-origin.js';
import { parseMessage } from '../../src/engines/mime/parse-message.js';
import { readReport } from '../../src/engines/reports/read-report.js';
import { shareFigure, type QualityArea } from './quality-area.js';

const organizationId = randomUUID();
const recipientId = randomUUID();
const verp = new VerpAddresses(Buffer.alloc(32, 7));

/** How many real reports tell something of a recipient, by its return path and without it: ../shared/data/bounces-sisimai. */
export const bounceMatching: QualityArea = {
  name: 'bounce-matching',
  needs: ['bounces-sisimai'],
  async measure(data) {
    const folder = join(data, 'bounces-sisimai');
    const expected = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')) as Record<string, unknown>;
    const suite = join(folder, 'maildir', 'bsd');
    let reports = 0;
    let byPath = 0;
    let byQuote = 0;
    const missed: string[] = [];
    for (const file of (await readdir(suite)).filter((name) => name in expected).toSorted()) {
      const bytes = await readFile(join(suite, file));
      reports += 1;
      const told = await evidenceOf(bytes, verp.write(organizationId, recipientId, 'example.org'));
      if (told?.recipientIds.includes(recipientId) === true) byPath += 1;
      else missed.push(file);
      const quoted = await evidenceOf(bytes, 'postmaster@example.org');
      if (quoted?.signals.some(({ address }) => address !== null) === true) byQuote += 1;
    }
    const others = join(folder, 'maildir', 'not');
    let taken = 0;
    for (const file of await readdir(others)) {
      const told = await evidenceOf(await readFile(join(others, file)), 'postmaster@example.org');
      if (told?.signals.some(({ kind }) => kind === 'BOUNCED') === true) taken += 1;
    }
    return {
      figures: [
        shareFigure('reports that tell of the recipient whose return path they came to', byPath, reports, 0.97),
        shareFigure('reports that give back a Message-ID and name a recipient', byQuote, reports, 0.6),
        { name: 'mails that are no bounces taken for one', value: String(taken), target: '0', met: taken === 0 },
      ],
      differences: missed.map((file) => ({ case: file, reason: 'not recognised as a report' })),
    };
  },
};

/** As a run finds it, for mail that came to an address. */
async function evidenceOf(bytes: Buffer, to: string): Promise<SignalEvidence | null> {
  const parsed = await parseMessage(bytes, DEFAULT_PARSE_LIMITS);
  const origin = mailOrigin(parsed, { mailFrom: '' });
  const context = {
    isParsed: true,
    parsed,
    origin,
    run: { organizationId, messageId: randomUUID() },
    facts: { source: 'smtp', recipients: [to], receivedAt: '2026-11-18T10:00:00Z' },
    outcome: (name: string) => (name === 'parsing' ? { report: readReport(parsed, origin) } : null),
  } as unknown as RunContext;
  const [effect] = sentSignals(context, verp);
  return effect?.kind === 'sentSignal' ? effect.evidence : null;
}
