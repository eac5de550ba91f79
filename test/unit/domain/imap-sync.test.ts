import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fairShare,
  inBatches,
  isProven,
  isSameMessage,
  openFolder,
  retryAfter,
  settle,
  waitingUids,
  type FolderProof,
  type ReadMessage,
} from '../../../src/domain/imap-sync.js';

const read = (more: Partial<ReadMessage> = {}): ReadMessage => ({
  uid: 1,
  size: 100,
  internalDate: '2026-11-20T10:00:00.000Z',
  headerMessageId: '<a@b.example>',
  sha256: 'aa',
  ...more,
});

describe('the same message', () => {
  test('is one with the same bytes and a Message-ID, whenever it arrived', () => {
    expect(isSameMessage(read(), read({ internalDate: null }))).toBe(true);
    expect(isSameMessage(read(), read({ sha256: 'bb' }))).toBe(false);
  });

  test('is, without a Message-ID, one with the same bytes that arrived at the same moment', () => {
    const nameless = read({ headerMessageId: null });
    expect(isSameMessage(nameless, { ...nameless, internalDate: '2026-11-20T11:00:00+01:00' })).toBe(true);
    expect(isSameMessage(nameless, { ...nameless, internalDate: '2026-11-20T10:00:01Z' })).toBe(false);
    expect(isSameMessage(nameless, { ...nameless, internalDate: null })).toBe(false);
  });
});

const message = fc.record({
  sha256: fc.constantFrom('aa', 'bb', 'cc'),
  headerMessageId: fc.constantFrom(null, '<a@b>'),
  internalDate: fc.constantFrom(null, '2026-11-20T10:00:00Z', '2026-11-20T10:00:01Z'),
});

test('each message is taken or known, none twice, and what is known has an equal that is or was taken', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), fc.array(message, { maxLength: 5 }), (arriving, before) => {
      const messages = arriving.map((one, index) => read({ ...one, uid: index + 1 }));
      const known = before.map((one, index) => ({ ...one, messageId: `known-${index}` }));
      const settled = settle(messages, known);
      expect(settled.map((one) => one.message.uid)).toEqual(messages.map(({ uid }) => uid));
      const taken = settled.flatMap((one) => (one.outcome === 'taken' ? [one.message] : []));
      for (const one of taken) {
        expect(known.some((other) => isSameMessage(one, other))).toBe(false);
        expect(taken.filter((other) => isSameMessage(one, other))).toEqual([one]);
      }
      for (const one of settled) {
        if (one.outcome === 'taken') continue;
        const equal =
          one.sameAs === null
            ? known.find(({ messageId }) => messageId === one.messageId)
            : taken.find(({ uid }) => uid === one.sameAs);
        expect(equal !== undefined && isSameMessage(one.message, equal)).toBe(true);
      }
    }),
  );
});

test('a folder goes on behind its mark, or begins anew under another UIDVALIDITY', () => {
  expect(openFolder({ uidValidity: null, settledTo: 0 }, 7)).toEqual({ begins: 'first' });
  expect(openFolder({ uidValidity: 7, settledTo: 41 }, 7)).toEqual({ begins: 'onward', from: 42 });
  expect(openFolder({ uidValidity: 7, settledTo: 41 }, 8)).toEqual({ begins: 'renumbered' });
});

test('of what a server lists only UIDs behind the mark wait, each once and in order', () => {
  expect(waitingUids([9, 3, 9, Number.NaN, 7], 4)).toEqual([7, 9]);
  expect(waitingUids([41], 42)).toEqual([]); // what `42:*` gives where 41 is the last one
});

test('batches keep the order and the limits, and a large message is alone in its own', () => {
  const limits = { messages: 3, bytes: 100, largeBytes: 60 };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 30 }), (sizes) => {
      const messages = sizes.map((size, n) => ({ n, size }));
      const batches = inBatches(messages, limits);
      expect(batches.flat()).toEqual(messages);
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(limits.messages);
        const bytes = batch.reduce((sum, { size }) => sum + size, 0);
        if (batch.length > 1) expect(bytes).toBeLessThanOrEqual(limits.bytes);
        if (batch.some(({ size }) => size > limits.largeBytes)) expect(batch).toHaveLength(1);
      }
    }),
  );
});

test('a proof holds only when the sum is right and nothing is missing, doubled or unaccounted for', () => {
  const proof: FolderProof = {
    server: 10,
    taken: 5,
    known: 2,
    before: 2,
    skipped: 1,
    missing: 0,
    repaired: 3,
    expunged: 4,
    doubled: 0,
    unaccounted: 0,
  };
  expect(isProven(proof)).toBe(true);
  for (const wrong of [{ server: 11 }, { missing: 1 }, { doubled: 1 }, { unaccounted: 1 }]) {
    expect(isProven({ ...proof, ...wrong })).toBe(false);
  }
});

test('retries come slower and slower, up to ten minutes, never all at the same moment', () => {
  expect([1, 2, 3].map((failures) => retryAfter(failures, 1))).toEqual([2_000, 4_000, 8_000]);
  expect(retryAfter(1, 0)).toBe(1_000);
  expect(retryAfter(1_000, 1)).toBe(600_000);
});

test('processes share the accounts evenly, and together lead all', () => {
  expect(fairShare(10, 3)).toBe(4);
  expect(fairShare(10, 0)).toBe(10);
  expect(fairShare(0, 3)).toBe(0);
});
