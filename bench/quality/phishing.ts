import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authentication, PhishingOutcome } from '../../src/domain/outcomes.js';
import type { ParsedMessage } from '../../src/domain/parsed-message.js';
import { parseMessage } from '../../src/engines/mime/parse-message.js';
import { scoreSignals, verdictOf } from '../../src/engines/security/phishing/phishing.js';
import { scanSecurity } from '../../src/engines/security/scan-security.js';
import { ORDINARY_FOLDERS, ordinaryMails } from './ordinary-corpora.js';
import { type Figure, type QualityArea, type QualityReport, shareFigure } from './quality-area.js';

const LEAST_FOUND = 0.95;
const MOST_WRONG = 0.01;
/** Nobody asks DNS of years ago: no result of authentication speaks for or against a mail here. */
const UNCHECKED: Authentication = {
  spf: { result: 'skipped', domain: null },
  dkim: [],
  dmarc: { result: 'skipped', domain: null, policy: null },
  arc: { result: 'skipped' },
};

/** Phishing found (marked or quarantined) and ordinary mail let be, by what, and by what not. */
export const phishing: QualityArea = {
  name: 'phishing',
  needs: ['phishing-sample', ...ORDINARY_FOLDERS],
  async measure(data): Promise<QualityReport> {
    const sample = await sampleOf(data);
    const judged = sample.map(({ heldOut, parsed }) => ({ heldOut, parsed, outcome: judge(parsed) }));
    const outcomes = judged.map(({ outcome }) => outcome);
    const heldOut = judged.filter((mail) => mail.heldOut).map(({ outcome }) => outcome);
    const lookedAt = judged.filter((mail) => !mail.heldOut).map(({ outcome }) => outcome);
    const figures: Figure[] = [
      shareFigure('phishing found', found(outcomes), outcomes.length, LEAST_FOUND),
      told('phishing found, campaigns looked at while writing the rules', found(lookedAt), lookedAt.length),
      told('phishing found, campaigns held out', found(heldOut), heldOut.length),
      told('phishing quarantined', certain(outcomes), outcomes.length),
      told('phishing quarantined, campaigns held out', certain(heldOut), heldOut.length),
    ];
    const dateless = sample.map(({ parsed }) => judge(withoutTrace(parsed)));
    const changed = dateless.filter(({ score }, index) => score !== outcomes[index]?.score).length;
    figures.push({
      name: 'scores that change without Date, Received, Message-ID, Return-Path and X- fields',
      value: String(changed),
      target: 'none',
      met: changed === 0,
    });
    for (const group of ['lure', 'sender', 'link', 'form']) {
      figures.push(
        told(
          `phishing found without the signals ${group}.*`,
          found(outcomes.map((outcome) => without(outcome, group))),
          outcomes.length,
        ),
      );
    }
    figures.push(
      told(
        'phishing found without endings of domains (younger than the ordinary mail)',
        found(outcomes.map((outcome) => without(outcome, 'sender.cheapEnding', 'link.cheapEnding'))),
        outcomes.length,
      ),
    );
    figures.push(
      told(
        'phishing found without page hosts, shorteners and styled letters (younger too)',
        found(
          outcomes.map((outcome) =>
            without(
              outcome,
              'sender.cheapEnding',
              'link.cheapEnding',
              'link.rentedPage',
              'sender.rentedHost',
              'link.shortened',
              'form.disguisedWords',
            ),
          ),
        ),
        outcomes.length,
      ),
    );
    const ordinary = await judgeOrdinary(data);
    return { figures: [...figures, ...ordinary.figures], differences: ordinary.differences };
  },
};

async function judgeOrdinary(data: string): Promise<QualityReport> {
  const corpora = new Map<string, { outcome: PhishingOutcome; name: string }[]>();
  for (const { corpus, name, raw } of ordinaryMails(data)) {
    const mails = corpora.get(corpus) ?? [];
    corpora.set(corpus, mails);
    mails.push({ name, outcome: judge(await parseMessage(raw)) });
  }
  const all = [...corpora.values()].flat();
  const wrong = all.filter(({ outcome }) => outcome.verdict !== 'none');
  const figures = [
    shareFigure('ordinary mails let be', all.length - wrong.length, all.length, 1 - MOST_WRONG),
    told('ordinary mails quarantined', certain(all.map(({ outcome }) => outcome)), all.length),
    ...[...corpora].map(([corpus, mails]) =>
      told(`ordinary mails marked or quarantined, ${corpus}`, found(mails.map(({ outcome }) => outcome)), mails.length),
    ),
  ];
  return {
    figures,
    differences: wrong.map(({ name, outcome }) => ({
      case: name,
      reason: `${outcome.verdict} ${outcome.score}: ${outcome.signals.map(({ code }) => code).join(', ')}`,
    })),
  };
}

function judge(parsed: ParsedMessage): PhishingOutcome {
  const { phishing: outcome } = scanSecurity(parsed, UNCHECKED, ['harbour.example']).outcome;
  if (outcome === undefined) throw new Error('the scan gave no verdict on phishing');
  return outcome;
}

const found = (outcomes: readonly PhishingOutcome[]) => outcomes.filter(({ verdict }) => verdict !== 'none').length;
const certain = (outcomes: readonly PhishingOutcome[]) =>
  outcomes.filter(({ verdict }) => verdict === 'certain').length;

function told(name: string, some: number, all: number): Figure {
  return { ...shareFigure(name, some, all, 0), target: null, met: null };
}

/** The verdict without signals of these codes or groups. */
function without({ signals }: PhishingOutcome, ...codes: readonly string[]): PhishingOutcome {
  const kept = signals.filter(({ code }) => !codes.some((left) => code === left || code.startsWith(`${left}.`)));
  const score = scoreSignals(kept);
  return { score, verdict: verdictOf(score), signals: kept };
}

/** All that tells when a mail was sent and which way it came. */
function withoutTrace(parsed: ParsedMessage): ParsedMessage {
  const trace =
    /^(?:date|received|message-id|return-path|authentication-results|received-spf|arc-.*|dkim-signature|x-.*)$/i;
  return {
    ...parsed,
    date: null,
    dateOffset: null,
    messageId: null,
    headers: parsed.headers.filter(({ name }) => !trace.test(name)),
  };
}

/**
 * The sample's makers wrote `phishing@pot` for the reader's address, which no mail of the world holds: an address that
 * any reader could have stands for it here, so that no signal may find it. Halves are drawn by the letters of the
 * subject, so that mails of one campaign fall into one half.
 */
async function sampleOf(data: string): Promise<{ parsed: ParsedMessage; heldOut: boolean }[]> {
  const folder = join(data, 'phishing-sample');
  const files = readdirSync(folder).filter((name) => name.endsWith('.eml'));
  return Promise.all(
    files.toSorted().map(async (name) => {
      const raw = readFileSync(join(folder, name), 'latin1');
      const { subject } = await parseMessage(Buffer.from(raw, 'latin1'));
      const parsed = await parseMessage(
        Buffer.from(raw.replace(/phishing@pot(?:-f-p)?/g, 'reader@example.com'), 'latin1'),
      );
      const campaign = subject.toLowerCase().replace(/[^\p{L}]+/gu, '');
      const half = createHash('sha256').update(`everpost-phishing:${campaign}`).digest()[0] ?? 0;
      return { parsed, heldOut: (half & 1) === 1 };
    }),
  );
}
