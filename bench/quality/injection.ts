import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseMessage } from '../../src/engines/mime/parse-message.js';
import { instructionIn } from '../../src/engines/security/prompt-injection.js';
import { easeKey, easeMails, type EaseMail } from './ease-mails.js';
import { ORDINARY_FOLDERS, ordinaryMails } from './ordinary-corpora.js';
import { type QualityArea, type QualityReport, shareFigure } from './quality-area.js';

const LEAST_FOUND = 0.9;
const MOST_WRONG = 0.005;

/** Mails that give orders to a language model: found, and ordinary mail let be. */
export const injection: QualityArea = {
  name: 'injection',
  needs: ['prompt-injection-ease', ...ORDINARY_FOLDERS],
  async measure(data): Promise<QualityReport> {
    const folder = join(data, 'prompt-injection-ease');
    const attacks = easeMails(folder, 'attacks.csv');
    const normal = easeMails(folder, 'normal_mails.csv');
    const figures = [shareFigure('attacks found', attacks.filter(isFound).length, attacks.length, LEAST_FOUND)];
    for (const half of ['looked at while writing the rules', 'held out'] as const) {
      const ofHalf = attacks.filter((mail) => isHeldOut(mail) === (half === 'held out'));
      figures.push(
        shareFigure(`attacks found, half ${half}`, ofHalf.filter(isFound).length, ofHalf.length, LEAST_FOUND),
      );
    }
    figures.push(
      shareFigure(
        "the set's own normal mails let be",
        normal.filter((mail) => !isFound(mail)).length,
        normal.length,
        1,
      ),
    );
    const wrong: string[] = [];
    let all = 0;
    for (const { name, raw } of ordinaryMails(data)) {
      const { subject, text, hiddenText } = await parseMessage(raw);
      all += 1;
      if (instructionIn(`${subject}\n${text}`.slice(0, 128 * 1024)) !== null || instructionIn(hiddenText) !== null)
        wrong.push(name);
    }
    figures.push(shareFigure('ordinary mails let be', all - wrong.length, all, 1 - MOST_WRONG));
    return {
      figures,
      differences: wrong.map((name) => ({ case: name, reason: 'ordinary mail with words of a tool call' })),
    };
  },
};

const isFound = ({ subject, body }: EaseMail): boolean => instructionIn(`${subject}\n${body}`) !== null;

function isHeldOut(mail: EaseMail): boolean {
  return (
    ((createHash('sha256')
      .update(`everpost-injection:${easeKey(mail)}`)
      .digest()[0] ?? 0) &
      1) ===
    1
  );
}
