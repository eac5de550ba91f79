import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { eventLine } from '../../../src/cli/watch/event-line.js';
import type { WatchedEvent } from '../../../src/cli/watch/feed-client.js';

const plain = { colors: picocolors.createColors(false), all: false };
const event = (kind: string, payload: Record<string, unknown>): WatchedEvent => ({
  cursor: 'x',
  kind,
  at: new Date(2026, 10, 20, 9, 5, 7, 42).toISOString(),
  messageId: '01a1fd8c-4ac5-770e-8cfc-5abd2052ce79',
  payload,
});

test('a step that ended is one line: time, message, step, status, duration, confidence, what it found, subject', () => {
  const payload = { step: 'parsing', status: 'DONE', durationMs: 3.52, confidence: 0.981, findings: ['mime.depth'] };
  expect(eventLine(event('step.finished', payload), 'Hello', plain)).toBe(
    '09:05:07.042  2052ce79    parsing                 DONE             3.5 ms  0.98  mime.depth  Hello',
  );
});

test('the error of a step that fell short goes before what it found', () => {
  const payload = { step: 'summary', status: 'FAILED', error: 'took too long', findings: ['x'] };
  expect(eventLine(event('step.finished', payload), null, plain)).toMatch(/summary +FAILED +took too long$/);
});

test('nothing in a subject can steer the terminal', () => {
  const line = eventLine(event('run.ended', { runNumber: 1, status: 'DELIVERED' }), 'a\u001b[2Jb\r\nc\u202ed', plain);
  expect(line).toMatch(/a \[2Jb c d$/);
});

test('stages and steps that begin are shown when all is asked for', () => {
  const begins = event('step.started', { step: 'parsing' });
  expect(eventLine(begins, null, plain)).toBeNull();
  expect(eventLine(begins, null, { ...plain, all: true })).toContain('RUNNING');
});
