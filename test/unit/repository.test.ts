import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { aiVariables } from '../../src/ai-config.js';
import { COMMAND_TABLE, COMMANDS, INCOMING_STATUSES, type CommandEffect } from '../../src/domain/status.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFile(path.join(ROOT, file), 'utf8');

const EFFECTS = { control: 'tells the run', newRun: 'opens a new run', none: 'nothing to do' } as const;

const cell = (effect: CommandEffect) =>
  effect.effect === 'refused' ? `refused: ${effect.reason}` : EFFECTS[effect.effect];

/** The table as docs/architecture.md has it, before prettier aligns its columns. */
function commandTable(): string[][] {
  return [
    ['status', ...COMMANDS],
    ...INCOMING_STATUSES.map((status) => [status, ...COMMANDS.map((command) => cell(COMMAND_TABLE[status][command]))]),
  ];
}

function tableAfter(text: string, heading: string): string[][] {
  const lines = text.slice(text.indexOf(heading)).split('\n');
  const from = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(from).findIndex((line) => !line.startsWith('|'));
  const rows = lines.slice(from, from + length).filter((line) => !/^\|[\s|:-]+$/.test(line));
  return rows.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((entry) => entry.trim()),
  );
}

test('docs/architecture.md has the table of states and commands as the code has it', async () => {
  const expected = commandTable();
  const found = tableAfter(await read('docs/architecture.md'), '## What a person may do');
  const asMarkdown = expected.map((row) => `| ${row.join(' | ')} |`).join('\n');
  expect(found, `docs/architecture.md must have this table:\n${asMarkdown}`).toEqual(expected);
});

test('docs/configuration.md has every variable that src/config.ts reads, and no other', async () => {
  const code = await read('src/config.ts');
  const schema = code.slice(code.indexOf('z.object({'), code.indexOf('\n});'));
  const ofCapabilities = /^AI_(?:CONTENT_ANALYSIS|SUMMARY|TRANSLATION|VOICE|COMPOSITION|EMBEDDING)_/;
  const inCode = [
    ...[...schema.matchAll(/^ {2}([A-Z][A-Z\d_]+):/gm)].map(([, name]) => name!),
    // Those of the capabilities are like the general ones: one line in the text goes for them.
    ...Object.keys(aiVariables).filter((name) => !ofCapabilities.test(name)),
  ];
  const inDocs = [...(await read('docs/configuration.md')).matchAll(/^\| `([A-Z][A-Z\d_]+)`/gm)].map(
    ([, name]) => name!,
  );
  expect(inDocs.toSorted()).toEqual(inCode.toSorted());
});

test('the documentation links to files that are there', async () => {
  const documents = (await readdir(path.join(ROOT, 'docs'), { recursive: true })).filter((name) =>
    name.endsWith('.md'),
  );
  const broken: string[] = [];
  for (const document of ['README.md', 'CHANGELOG.md', ...documents.map((name) => path.join('docs', name))]) {
    for (const [, target = ''] of (await read(document)).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
      const file = path.join(path.dirname(document), target);
      await read(file).catch(() => broken.push(`${document} -> ${target}`));
    }
  }
  expect(broken).toEqual([]);
});

test('README.md names scripts that package.json has', async () => {
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
  const named = [...(await read('README.md')).matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(
    ([, name]) => name!,
  );
  expect(named.length).toBeGreaterThan(0);
  expect([...new Set(named)].filter((name) => scripts[name] === undefined)).toEqual([]);
});
