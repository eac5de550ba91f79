import { arcMailCases, arcSigningCases, arcValidationCases } from './authentication/arc-cases.js';
import type { CaseResult } from './authentication/cases.js';
import { canonicalizationCases, dkimMailCases } from './authentication/dkim-cases.js';
import { dmarcCases } from './authentication/dmarc-cases.js';
import { espooferCases } from './authentication/espoofer-cases.js';
import { spfCases } from './authentication/spf-cases.js';
import { shareFigure, type QualityArea } from './quality-area.js';

/** SPF, DKIM, ARC and DMARC by the suites of their RFCs and of other projects. */
export const authentication: QualityArea = {
  name: 'authentication',
  needs: ['auth-spf', 'auth-arc', 'auth-mailauth', 'auth-stalwart', 'espoofer'],
  async measure(data) {
    const spf = await spfCases(data);
    const suites: [string, CaseResult[]][] = [
      ['SPF, RFC 7208 suite', spf.results],
      ['SPF explanations, RFC 7208 suite', spf.explanations],
      ['ARC validation', await arcValidationCases(data)],
      ['ARC signing', await arcSigningCases(data)],
      ['ARC, real mails', await arcMailCases(data)],
      ['DKIM, signed mails', await dkimMailCases(data)],
      ['DKIM, canonicalization and tag lists', await canonicalizationCases(data)],
      ['DMARC, RFC 9989', await dmarcCases(data)],
      ['espoofer, spoofed mails that do not pass', await espooferCases(data)],
    ];
    return {
      figures: suites.map(([name, results]) => {
        const applying = results.filter(({ applies }) => applies);
        return shareFigure(name, applying.filter((result) => result.right).length, applying.length, 1);
      }),
      differences: suites.flatMap(([suite, results]) =>
        results
          .filter((result) => !result.right)
          .map(({ name, applies, reason }) => ({
            case: `${suite}: ${name}`,
            reason: applies ? reason : `does not apply: ${reason}`,
          })),
      ),
    };
  },
};
