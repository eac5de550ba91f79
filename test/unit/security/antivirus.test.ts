import { describe, expect, test } from 'vitest';
import type { SecurityScanOutcome } from '../../../src/domain/outcomes.js';
import type { VirusAnswer } from '../../../src/domain/scans.js';
import type { StepResult } from '../../../src/domain/step-result.js';
import { withAntivirus } from '../../../src/engines/security/antivirus.js';

const scan: StepResult<SecurityScanOutcome> = {
  outcome: {
    authentication: {
      spf: { result: 'skipped', domain: null },
      dkim: [],
      dmarc: { result: 'skipped', domain: null, policy: null },
      arc: { result: 'skipped' },
    },
    threatLevel: 'low',
    checkedAttachments: 1,
    checkedLinks: 0,
  },
  confidence: 0.8,
  findings: [{ code: 'own', severity: 'low', score: 0.1, explanation: 'Own.' }],
};
const ENGINE = 'ClamAV 1.4.6/27000/today';
const answer = (verdict: 'clean' | 'infected' | 'unscannable', signature: string | null = null): VirusAnswer => ({
  status: 'answered',
  verdict,
  signature,
  engine: ENGINE,
});

describe('what the virus scanner said', () => {
  test.each([
    ['clean', answer('clean'), 'clean', null, 'low', []],
    ['infected', answer('infected', 'Win.Evil-1'), 'infected', 'Win.Evil-1', 'critical', ['malware.signature']],
    [
      'a heuristic',
      answer('infected', 'Heuristics.OLE2.X'),
      'infected',
      'Heuristics.OLE2.X',
      'high',
      ['malware.likely'],
    ],
    ['unwanted', answer('infected', 'PUA.Win.Tool'), 'infected', 'PUA.Win.Tool', 'high', ['malware.likely']],
    [
      'a limit',
      answer('unscannable', 'StreamMaxLength'),
      'unscannable',
      'StreamMaxLength',
      'medium',
      ['attachment.unscannable'],
    ],
  ] as const)('%s', (_, given, status, signature, threatLevel, codes) => {
    const { outcome, findings } = withAntivirus(scan, given, []);
    expect(outcome).toEqual({ ...scan.outcome, threatLevel, antivirus: { status, signature, engine: ENGINE } });
    expect(findings!.map(({ code }) => code)).toEqual(['own', ...codes]);
    if (signature !== null) expect(findings!.at(-1)!.explanation).toContain(signature);
  });

  test('is not believed where our own limits speak of an archive bomb', () => {
    const defects = [{ code: 'archive.bomb', explanation: 'It would unpack to 82 GB.' }];
    expect(withAntivirus(scan, answer('clean'), defects).outcome.antivirus).toMatchObject({
      status: 'unscannable',
      signature: 'archive.bomb',
    });
    expect(withAntivirus(scan, answer('infected', 'Win.Evil-1'), defects).outcome.antivirus?.status).toBe('infected');
  });

  test('is missing: marked, less sure, and no worse a threat', () => {
    const result = withAntivirus(scan, { status: 'failed', error: 'connection refused' }, []);
    expect(result.outcome).toMatchObject({ threatLevel: 'low', antivirus: { status: 'failed' } });
    expect(result.findings!.at(-1)).toMatchObject({ code: 'malware.unscanned', severity: 'info' });
    expect(result.confidence).toBeLessThan(scan.confidence);
  });

  test('is not asked for: off, and nothing else changes', () => {
    const result = withAntivirus(scan, null, []);
    expect(result).toEqual({
      ...scan,
      outcome: { ...scan.outcome, antivirus: { status: 'off', signature: null, engine: null } },
    });
  });
});
