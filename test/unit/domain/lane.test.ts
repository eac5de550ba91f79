import { describe, expect, test } from 'vitest';
import { BUSY_BACKLOG, chooseLane, LANES, LARGE_MESSAGE_BYTES, PRIORITY_KEY } from '../../../src/domain/lane.js';

const mail = { waitedFor: false, backlog: 0, bytes: 10_000, listMail: false };
const busy = { ...mail, backlog: BUSY_BACKLOG + 1 };

describe('the lane of a run', () => {
  test('is the first where a caller waits, however much there is to do', () => {
    expect(chooseLane({ ...busy, waitedFor: true, listMail: true }, BUSY_BACKLOG)).toBe('interactive');
  });

  test('is the same for all mail while there is little to do', () => {
    expect(chooseLane(mail, BUSY_BACKLOG)).toBe('normal');
    expect(chooseLane({ ...mail, listMail: true, bytes: 50_000_000 }, BUSY_BACKLOG)).toBe('normal');
    expect(chooseLane({ ...mail, listMail: true, backlog: BUSY_BACKLOG }, BUSY_BACKLOG)).toBe('normal');
  });

  test("puts list mail and large mail behind people's mail once there is much to do", () => {
    expect(chooseLane({ ...busy, listMail: true }, BUSY_BACKLOG)).toBe('bulk');
    expect(chooseLane({ ...busy, bytes: LARGE_MESSAGE_BYTES + 1 }, BUSY_BACKLOG)).toBe('bulk');
    expect(chooseLane(busy, BUSY_BACKLOG)).toBe('normal');
  });

  test('begins to differ at the backlog that the organization was tuned to', () => {
    expect(chooseLane({ ...mail, backlog: 11, listMail: true }, 10)).toBe('bulk');
    expect(chooseLane({ ...mail, backlog: 11, listMail: true }, 100)).toBe('normal');
  });

  test("is one of Temporal's five priorities, in the order of who waits", () => {
    const keys = LANES.map((lane) => PRIORITY_KEY[lane]);
    expect(keys).toEqual([...new Set(keys)].toSorted((a, b) => a - b));
    expect(Math.min(...keys)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...keys)).toBeLessThanOrEqual(5);
  });
});
