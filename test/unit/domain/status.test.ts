import { describe, expect, test } from 'vitest';
import {
  commandEffect,
  COMMANDS,
  FINAL_STATUSES,
  isFinal,
  MESSAGE_STATUSES,
  type Command,
  type CommandEffect,
  type MessageStatus,
} from '../../../src/domain/status.js';

type Effect = CommandEffect['effect'];

/** Written out a second time, by what each state means: T tells the run, N opens a new one, - does nothing, x refuses. */
const EXPECTED: Record<MessageStatus, string> = {
  //           pause resume cancel release reject reprocess
  RECEIVED: '    T     T      T      x       x      x',
  PROCESSING: '  T     T      T      x       x      x',
  PAUSED: '      -     T      T      x       x      x',
  HELD: '        x     x      T      T       T      x',
  DELIVERED: '   x     x      x      -       x      N',
  QUARANTINED: ' x     x      x      N       N      N',
  REJECTED: '    x     x      x      N       -      N',
  FAILED: '      x     x      x      N       N      N',
  CANCELED: '    x     x      -      N       N      N',
  // Outgoing mail has commands of its own.
  SCHEDULED: '   x     x      x      x       x      x',
  SENDING: '     x     x      x      x       x      x',
  BOUNCED: '     x     x      x      x       x      x',
  PARTIAL: '     x     x      x      x       x      x',
};
const EFFECTS: Record<string, Effect> = { T: 'control', N: 'newRun', '-': 'none', x: 'refused' };

const cases = MESSAGE_STATUSES.flatMap((status) =>
  EXPECTED[status]
    .trim()
    .split(/\s+/)
    .map((sign, index) => [COMMANDS[index]!, status, EFFECTS[sign]!] as const),
);

describe('the table of states and commands', () => {
  test('has every state with every command', () => {
    expect(cases).toHaveLength(MESSAGE_STATUSES.length * COMMANDS.length);
  });

  test.each(cases)('%s in %s: %s', (command: Command, status: MessageStatus, effect: Effect) => {
    expect(commandEffect(status, command).effect).toBe(effect);
  });

  test('gives a reason for every refusal', () => {
    for (const [command, status] of cases) {
      const effect = commandEffect(status, command);
      if (effect.effect === 'refused') expect(effect.reason, `${command} in ${status}`).toMatch(/\w+ \w+/);
    }
  });

  test('opens a new run for none but a final state, and tells a run in none of them', () => {
    for (const [command, status] of cases) {
      const { effect } = commandEffect(status, command);
      if (effect === 'newRun') expect(isFinal(status), `${command} in ${status}`).toBe(true);
      if (effect === 'control') expect(isFinal(status), `${command} in ${status}`).toBe(false);
    }
  });
});

test('seven states are final', () => {
  expect(MESSAGE_STATUSES.filter(isFinal)).toEqual([...FINAL_STATUSES]);
  expect(FINAL_STATUSES).toEqual(['DELIVERED', 'QUARANTINED', 'REJECTED', 'FAILED', 'CANCELED', 'BOUNCED', 'PARTIAL']);
});
