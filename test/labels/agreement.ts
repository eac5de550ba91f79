import { stdout } from 'node:process';
import { ENTITY_KINDS, PRIORITIES } from '../../src/domain/outcomes.js';
import { type LabelledEntity, type LabelledMail, labelledMails, labelsOf, overlap, same } from './labelled.js';

/** How far the two labellers agree before any adjudication: `tsx test/labels/agreement.ts`. */
type Pair = readonly [first: string, second: string];

const mails = labelledMails();
const first = labelsOf('l1');
const second = labelsOf('l2');

const parts: [string, LabelledMail[]][] = [
  ['all', mails],
  ['Enron', mails.filter(({ file }) => file.startsWith('classification-enron/'))],
  ['SpamAssassin', mails.filter(({ file }) => file.startsWith('mail-spamassassin/'))],
];

stdout.write('Priority\n');
for (const [name, part] of parts) {
  const pairs = part.map(({ id }): Pair => [first.priority.get(id) ?? '', second.priority.get(id) ?? '']);
  const agreed = pairs.filter(([one, other]) => one === other).length;
  const kappa = kappaOf(pairs);
  const shown = kappa === null ? 'undefined, each gave all one label' : kappa.toFixed(3);
  stdout.write(`  ${name}: ${agreed} of ${pairs.length} alike (${percent(agreed / pairs.length)}), kappa ${shown}\n`);
}
stdout.write(`  confusion (rows l1, columns l2): ${PRIORITIES.join(' ')}\n`);
for (const row of PRIORITIES) {
  const counts = PRIORITIES.map(
    (column) => mails.filter(({ id }) => first.priority.get(id) === row && second.priority.get(id) === column).length,
  );
  stdout.write(`    ${row.padEnd(8)}${counts.map((count) => String(count).padStart(5)).join('')}\n`);
}

const byMail = mails.map(({ id }) => ({
  one: first.entities.get(id) ?? [],
  other: second.entities.get(id) ?? [],
}));
stdout.write('Entities, span-exact, l2 against l1\n');
for (const kind of ENTITY_KINDS) line(kind, (entity) => entity.kind === kind);
line('together', () => true);

const overlapping = byMail.flatMap(({ one, other }) =>
  one.flatMap((left) => other.filter((right) => overlap(left, right)).map((right): Pair => [left.kind, right.kind])),
);
const sameKind = overlapping.filter(([one, other]) => one === other).length;
stdout.write(
  `  kinds of ${overlapping.length} overlapping pairs: ${percent(sameKind / overlapping.length)} alike, kappa ${kappaOf(overlapping)?.toFixed(3) ?? 'undefined'}\n`,
);

function line(name: string, counts: (entity: LabelledEntity) => boolean): void {
  let [both, inFirst, inSecond] = [0, 0, 0];
  for (const { one, other } of byMail) {
    const left = one.filter(counts);
    const right = other.filter(counts);
    inFirst += left.length;
    inSecond += right.length;
    both += right.filter((entity) => left.some((its) => same(its, entity))).length;
  }
  const f1 = (2 * both) / (inFirst + inSecond);
  stdout.write(`  ${name.padEnd(13)}F1 ${f1.toFixed(3)}  alike ${both}, l1 ${inFirst}, l2 ${inSecond}\n`);
}

/** Cohen's kappa; null where chance alone would always agree. */
function kappaOf(pairs: Pair[]): number | null {
  const labels = [...new Set(pairs.flat())];
  const observed = pairs.filter(([one, other]) => one === other).length / pairs.length;
  const expected = labels.reduce((sum, label) => {
    const ones = pairs.filter(([one]) => one === label).length;
    const others = pairs.filter(([, other]) => other === label).length;
    return sum + (ones / pairs.length) * (others / pairs.length);
  }, 0);
  return expected === 1 ? null : (observed - expected) / (1 - expected);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
