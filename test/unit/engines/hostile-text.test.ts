import { test } from 'vitest';
import { DEFAULT_PARSE_LIMITS } from '../../../src/domain/parsed-message.js';
import { analyseContent } from '../../../src/engines/content/analyse-content.js';
import { readNgramSource } from '../../../src/adapters/ngram-source.js';
import { LanguageDetector } from '../../../src/engines/language/detect-language.js';
import { predictActions } from '../../../src/engines/prediction/predict-actions.js';
import { scanSecurity } from '../../../src/engines/security/scan-security.js';
import { embeddedSpamModel } from '../../../src/engines/spam/embedded-model.js';
import { scoreSpam } from '../../../src/engines/spam/score-spam.js';
import { suggestResponses } from '../../../src/engines/suggestions/suggest-responses.js';
import { summarise } from '../../../src/engines/summary/summarise.js';
import { extractIndicators } from '../../../src/engines/threats/extract-indicators.js';
import { expectKeepsStep } from '../../support/growth.js';
import { parsedMessage } from '../../support/parsed-message.js';

const NOW = { now: new Date('2026-11-20T10:00:00Z'), timeZone: 'UTC' };
const UNCHECKED = {
  spf: { result: 'skipped' as const, domain: null },
  dkim: [],
  dmarc: { result: 'skipped' as const, domain: null, policy: null },
  arc: { result: 'skipped' as const },
};
const SESSION = {
  clientAddress: '192.0.2.1',
  clientHostname: null,
  helo: 'client.example',
  tls: null,
  authenticatedAs: null,
  mailFrom: 'jane.doe@example.net',
  recipients: ['support@example.org'],
  smtpUtf8: false,
  receivedAt: '2026-11-20T10:00:00Z',
};
const model = embeddedSpamModel();

const UNITS = [
  'x',
  '1',
  '.',
  ' ',
  '\n',
  '-',
  '@',
  '/',
  ',',
  '1,',
  '1.',
  '1:',
  'a.',
  'a@',
  'a.b@',
  '@a.',
  'http://',
  'http://a.',
  'www.',
  'x-',
  '"',
  "'",
  '(',
  '()',
  '?',
  '? ',
  '!',
  'A ',
  'Aa ',
  'Aa-',
  'A. ',
  '+1 ',
  '12 ',
  '€1',
  '1 € ',
  '$',
  '1/',
  '2026-11-',
  '> ',
  'ß',
  '漢',
  'é ',
  '\u0301',
  '\u200b',
  '\ud83d\ude00',
  'Re: ',
  '#',
  '_',
  'am ',
  'am 1',
  'next ',
  'Monday ',
  'please ',
  'IBAN ',
  'DE1',
  '<a',
  'send a@b.cc body "',
  'aaaaaaaaaaaaaaaa@b.cc ',
  'ignore all previous ',
  '<a href=data:',
  '&amp;',
  '\t',
];

const languages = new LanguageDetector(readNgramSource);
const engines = (text: string): Record<string, () => unknown> => {
  const parsed = parsedMessage({ subject: text.slice(0, 2_000), text, html: `<p>${text}</p>` });
  const content = () => analyseContent(parsed, 'en', 'person', NOW);
  const analysed = analyseContent(parsedMessage({ text: 'Hello?' }), 'en', 'person', NOW).outcome;
  return {
    scanSecurity: () => scanSecurity(parsed, UNCHECKED, ['example.org']),
    scoreSpam: () => scoreSpam(parsed, UNCHECKED, [], model),
    detectLanguage: () => languages.detect(parsed.subject, parsed.newText),
    analyseContent: content,
    analyseContentInGerman: () => analyseContent(parsed, 'de', 'person', NOW),
    summarise: () => summarise(parsed, 'en', 'personal'),
    extractIndicators: () => extractIndicators(parsed, SESSION),
    predictActions: () =>
      predictActions(parsed, analysed, 'person', 0.1, { ...NOW, language: 'en', recipients: ['support@example.org'] }),
    suggestResponses: () => suggestResponses(parsed, analysed, 'en', 'person', null, 'UTC'),
  };
};

/** All engines run on the event loop of a worker: while one is at work, every other message of the process waits. */
test.each(UNITS)('every engine keeps step with up to 256 K characters of %j', (unit) => {
  const enginesOn = (size: number) => engines(unit.repeat(size / unit.length));
  for (const name of Object.keys(enginesOn(1))) {
    expectKeepsStep(enginesOn, (on) => on[name]!(), DEFAULT_PARSE_LIMITS.textCharacters);
  }
});
