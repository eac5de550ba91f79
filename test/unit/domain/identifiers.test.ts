import { expect, test } from 'vitest';
import { parseRunWorkflowId, runWorkflowId } from '../../../src/domain/identifiers.js';

const MESSAGE = '01a1fdb8-6485-7593-b7e1-2d442dca03ac';

test('a workflow id names the message and the number of its run', () => {
  expect(runWorkflowId(MESSAGE, 1)).toBe(`${MESSAGE}-1`);
  expect(parseRunWorkflowId(runWorkflowId(MESSAGE, 12))).toEqual({ messageId: MESSAGE, runNumber: 12 });
});

test('runs of a message have ids of their own', () => {
  expect(new Set([1, 2, 11].map((number) => runWorkflowId(MESSAGE, number))).size).toBe(3);
});

test('the id of another workflow is not taken for that of a run', () => {
  expect(parseRunWorkflowId('temporal-sys-scheduler')).toBeNull();
  expect(parseRunWorkflowId('')).toBeNull();
});
