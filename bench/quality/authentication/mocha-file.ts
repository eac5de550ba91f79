import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { type CaseResult, right, wrong } from './cases.js';

/** What a file of tests gets for the modules it asks for; what is not named here it gets from Node. */
export type Modules = Readonly<Record<string, unknown>>;

type Hook = () => unknown;

/** Runs a file of mocha tests of another project as it stands, with modules of ours in place of theirs. */
export async function runMochaFile(file: string, modules: Modules): Promise<CaseResult[]> {
  const load = createRequire(import.meta.url);
  const loadFor = createRequire(file);
  const groups: { title: string; before: Hook[]; after: Hook[] }[] = [];
  const tests: { name: string; run: () => Promise<void> }[] = [];
  const group = (title: string, body: () => void): void => {
    groups.push({ title, before: [], after: [] });
    body();
    groups.pop();
  };
  // What its makers left for later counts as well.
  const describe = Object.assign(group, { skip: group });
  const it = (title: string, run: Hook): void => {
    const within = [...groups];
    const steps = async (): Promise<void> => {
      try {
        for (const { before } of within) for (const hook of before) await hook();
        await run();
      } finally {
        for (const { after } of within) for (const hook of after) await hook();
      }
    };
    tests.push({ name: [...groups.map((outer) => outer.title), title].join(' > '), run: steps });
  };
  const beforeEach = (hook: Hook): unknown => groups.at(-1)?.before.push(hook);
  const afterEach = (hook: Hook): unknown => groups.at(-1)?.after.push(hook);
  const required = (name: string): unknown => {
    if (name in modules) return modules[name];
    return name.startsWith('./') ? loadFor(name) : load(name);
  };
  const source = await readFile(file, 'utf8');
  // oxlint-disable-next-line typescript/no-implied-eval -- the test data is trusted as any dependency of a test is
  const program = new Function(
    'require',
    'module',
    '__dirname',
    'describe',
    'it',
    'beforeEach',
    'afterEach',
    source,
  ) as (...given: unknown[]) => void;
  program(required, { exports: {} }, dirname(file), describe, it, beforeEach, afterEach);
  const results: CaseResult[] = [];
  for (const { name, run } of tests) {
    try {
      await run();
      results.push(right(name));
    } catch (error) {
      results.push(wrong(name, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)));
    }
  }
  return results;
}
