import { expect, test } from 'vitest';
import { missingScans, SCANNERS } from '../../../src/domain/scans.js';

const none = () => false;

test('every scanner that is configured is asked, once', () => {
  expect(missingScans(SCANNERS, {}, none)).toEqual(['clamd', 'rspamd', 'spamassassin']);
  expect(missingScans(['rspamd'], {}, none)).toEqual(['rspamd']);
  const failed = { status: 'failed', error: 'it is down' } as const;
  expect(missingScans(SCANNERS, { clamd: failed, spamassassin: failed }, none)).toEqual(['rspamd']);
  expect(missingScans([], {}, none)).toEqual([]);
});

test('none is asked for a step that is committed already: a run that begins again asks for the others only', () => {
  expect(missingScans(SCANNERS, {}, (step) => step === 'securityScan')).toEqual(['rspamd', 'spamassassin']);
  expect(missingScans(SCANNERS, {}, () => true)).toEqual([]);
});
