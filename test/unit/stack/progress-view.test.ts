import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { ProgressView } from '../../../src/stack/progress-view.js';
import type { ServiceSnapshot } from '../../../src/stack/service-state.js';

const snapshot = (fields: Partial<ServiceSnapshot>): ServiceSnapshot => ({
  name: 'api',
  state: 'waiting',
  pid: null,
  readySince: null,
  restarts: 0,
  detail: null,
  ...fields,
});

function view(live: boolean) {
  let text = '';
  let now = 0;
  const made = new ProgressView({ write: (more) => (text += more), live, columns: () => 40 }, () => now);
  return { made, text: () => text, at: (ms: number) => (now = ms) };
}

it('without a terminal it tells each change once, with the time a start took', () => {
  const { made, text, at } = view(false);
  made.update(snapshot({}));
  made.update(snapshot({ state: 'starting' }));
  made.update(snapshot({ state: 'starting', pid: 7 }));
  at(4_000);
  made.update(snapshot({ state: 'running', pid: 7 }));
  expect(stripVTControlCharacters(text())).toBe('  … api        starting\n  ✔ api        running (4 s)\n');
});

it('in a terminal it draws again what it has drawn, and cuts lines that would wrap', () => {
  const { made, text } = view(true);
  made.begin();
  made.update(snapshot({ state: 'starting', detail: 'x'.repeat(100) }));
  made.update(snapshot({ state: 'running' }));
  made.end();
  expect(text()).toContain('\u001b[1A\u001b[0J');
  for (const line of stripVTControlCharacters(text()).split('\n')) expect(line.length).toBeLessThan(40);
});
