import { expect, test } from 'vitest';
import { uidSet } from '../../../src/ingress/imap/read-messages.js';
import { returnPath } from '../../../src/ingress/imap/return-path.js';

test.each([
  ['Return-Path: <a@b.example>\r\nReceived: x\r\n', 'a@b.example'],
  ['return-path:\r\n <a@b.example>\r\n', 'a@b.example'],
  ['Return-Path: <>\r\n', ''],
  ['Received: x\r\nReturn-Path: <forged@b.example>\r\n', null],
  ['Subject: hello\r\n', null],
  ['', null],
])('the envelope sender of %j is %j', (head, sender) => {
  expect(returnPath(Buffer.from(head))).toBe(sender);
});

test('UIDs are written as ranges', () => {
  expect(uidSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10');
  expect(uidSet([5])).toBe('5');
});
