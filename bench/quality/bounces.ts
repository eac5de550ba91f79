import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BounceReason, MachineReport } from '../../src/domain/bounce.js';
import { DEFAULT_PARSE_LIMITS } from '../../src/domain/parsed-message.js';
import { mailOrigin } from '../../src/engines/content/mail-origin.js';
import { parseMessage } from '../../src/engines/mime/parse-message.js';
import { readReport } from '../../src/engines/reports/read-report.js';
import { shareFigure, type QualityArea } from './quality-area.js';

/** What the suite's makers expect of one recipient. */
interface Expected {
  reason: string;
  hardBounce: boolean;
}

/** Their names for what is spelled otherwise here; `feedback` and `vacation` are kinds of their own. */
const SPELLED: Readonly<Record<string, BounceReason>> = {
  userunknown: 'userUnknown',
  hostunknown: 'hostUnknown',
  hasmoved: 'hasMoved',
  notaccept: 'notAccept',
  mailboxfull: 'mailboxFull',
  suspend: 'suspended',
  badreputation: 'badReputation',
  requireptr: 'requirePtr',
  authfailure: 'authFailure',
  norelaying: 'noRelaying',
  toomanyconn: 'rateLimited',
  speeding: 'rateLimited',
  ratelimited: 'rateLimited',
  spamdetected: 'spamDetected',
  virusdetected: 'virusDetected',
  policyviolation: 'policyViolation',
  contenterror: 'contentError',
  notcompliantrfc: 'notCompliantRfc',
  mesgtoobig: 'messageTooBig',
  emailtoolarge: 'messageTooBig',
  exceedlimit: 'exceedLimit',
  securityerror: 'securityError',
  failedstarttls: 'failedStartTls',
  networkerror: 'networkError',
  systemerror: 'systemError',
  systemfull: 'systemFull',
  mailererror: 'mailerError',
  syntaxerror: 'syntaxError',
  onhold: 'onHold',
};

interface Verdict {
  file: string;
  recognised: boolean;
  /** What was said and what was expected, a recipient each. */
  reasons: { expected: string; said: string; right: boolean; hardRight: boolean }[];
}

/** Delivery reports of many mail servers, complaints and absence notices: ../shared/data/bounces-sisimai. */
export const bounces: QualityArea = {
  name: 'bounces',
  needs: ['bounces-sisimai', 'mail-spamassassin'],
  async measure(data) {
    const folder = join(data, 'bounces-sisimai');
    const expected = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')) as Record<string, Expected[]>;
    const suite = join(folder, 'maildir');
    const verdicts = await judgeAll(join(suite, 'bsd'), expected);
    const others = await judgeAll(join(suite, 'dos'), expected);
    const same = count(others, (other) => {
      const verdict = verdicts.find(({ file }) => file === other.file);
      return JSON.stringify(verdict) === JSON.stringify(other);
    });
    const reasons = verdicts.flatMap((verdict) => verdict.reasons);
    const none = await taken(join(folder, 'maildir', 'not'));
    const ham = await taken(join(data, 'mail-spamassassin', 'easy-ham-1'));
    return {
      figures: [
        shareFigure(
          'recognised as reports by machines',
          count(verdicts, (one) => one.recognised),
          verdicts.length,
          0.97,
        ),
        shareFigure(
          'right reason',
          count(reasons, (one) => one.right),
          reasons.length,
          0.95,
        ),
        shareFigure(
          'hard and soft told apart',
          count(reasons, (one) => one.hardRight),
          reasons.length,
          0.95,
        ),
        shareFigure('the same verdict with line ends CRLF', same, others.length, 1),
        { name: 'mails that are no bounces taken for one', value: none, target: '0', met: none.startsWith('0 ') },
        { name: 'ordinary mails taken for a bounce', value: ham, target: '0', met: ham.startsWith('0 ') },
      ],
      differences: [
        { case: 'maildir/mac', reason: 'not read: a lone CR ends no line in mail (RFC 5321 2.3.8)' },
        ...verdicts.flatMap((verdict) =>
          verdict.reasons
            .filter(({ right }) => !right)
            .map(({ expected: wanted, said }) => ({ case: verdict.file, reason: `expected ${wanted}, said ${said}` })),
        ),
      ],
    };
  },
};

/** Those of a folder that something is expected of. */
async function judgeAll(folder: string, expected: Record<string, Expected[]>): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const file of await readdir(folder)) {
    const recipients = expected[file];
    if (recipients !== undefined) verdicts.push(judge(file, await readMachine(join(folder, file)), recipients));
  }
  return verdicts;
}

async function readMachine(path: string): Promise<{ origin: string; report: MachineReport | null }> {
  const parsed = await parseMessage(await readFile(path), DEFAULT_PARSE_LIMITS);
  const origin = mailOrigin(parsed, { mailFrom: '' });
  return { origin, report: readReport(parsed, origin) };
}

function judge(file: string, said: Awaited<ReturnType<typeof readMachine>>, expected: readonly Expected[]): Verdict {
  const { report, origin } = said;
  const reasons = expected.map(({ reason, hardBounce }, index) => {
    const [own, permanent] = saidOf(said, index);
    return {
      expected: reason,
      said: own,
      right: own === (SPELLED[reason] ?? reason),
      hardRight: permanent === hardBounce,
    };
  });
  return { file, recognised: report !== null || origin === 'bounce' || origin === 'autoReply', reasons };
}

function saidOf(
  { report, origin }: { report: MachineReport | null; origin: string },
  index: number,
): [string, boolean] {
  if (report?.kind === 'complaint') return ['feedback', false];
  if (report?.kind === 'delivery') {
    const recipient = report.recipients[index] ?? report.recipients.at(-1);
    return recipient === undefined ? ['undefined', false] : [recipient.reason, recipient.permanent];
  }
  return [origin === 'autoReply' ? 'vacation' : origin, false];
}

async function taken(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => !name.startsWith('.') && name !== 'cmds').slice(0, 1_000);
  let wrong = 0;
  for (const file of files) {
    const { report } = await readMachine(join(folder, file));
    if (report?.kind === 'delivery') wrong++;
  }
  return `${wrong} of ${files.length}`;
}

function count<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.filter(holds).length;
}
