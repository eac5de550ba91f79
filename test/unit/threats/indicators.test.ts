import { describe, expect, it } from 'vitest';
import { hostNames } from '../../../src/adapters/host-names.js';
import { indicatorSpelling, normalisedUrl } from '../../../src/domain/indicators.js';
import { extractIndicators } from '../../../src/engines/threats/extract-indicators.js';
import type { IndicatorRow } from '../../../src/engines/threats/indicators.js';
import { matchIndicators } from '../../../src/engines/threats/match-indicators.js';
import { domainsOf, normalisedIndicator } from '../../../src/engines/threats/normalise.js';
import { address, attachment, link, parsedMessage } from '../../support/parsed-message.js';

const session = {
  clientAddress: '198.51.100.7',
  clientHostname: null,
  helo: 'mx.sender.example',
  mailFrom: 'bounce@sender.example',
};
const now = new Date('2026-03-02T09:00:00Z');
const row = (fields: Partial<IndicatorRow>): IndicatorRow => ({
  kind: 'domain',
  value: 'evil.com',
  source: 'own list',
  confidence: 0.95,
  expiresAt: null,
  ...fields,
});

describe('the spelling of indicators', () => {
  it('is one for all ways of writing a web address', () => {
    for (const written of [
      'HTTP://WWW.Evil.com:80/path/?utm_source=mail#top',
      'http://user:secret@www.evil.com./path/?gclid=1',
      'hxxp://www[.]evil[.]com/path/',
    ]) {
      expect(normalisedUrl(written)).toBe('http://www.evil.com/path');
    }
    expect(normalisedUrl('https://bücher.example/?q=1&utm_medium=x')).toBe('https://xn--bcher-kva.example/?q=1');
    expect(normalisedUrl('mailto:a@evil.com')).toBeNull();
  });

  it('names a host and its parents down to what somebody registered', () => {
    expect(domainsOf('a.b.evil.co.uk')).toEqual(['a.b.evil.co.uk', 'b.evil.co.uk', 'evil.co.uk']);
    expect(domainsOf('co.uk')).toEqual([]);
    expect(domainsOf('192.0.2.1')).toEqual([]);
  });

  it('is in ASCII for an internationalized domain, as in links', () => {
    expect(domainsOf('www.Bücher.example')).toEqual(['www.xn--bcher-kva.example', 'xn--bcher-kva.example']);
    expect(normalisedIndicator('domain', 'bücher[.]example')).toBe('xn--bcher-kva.example');
  });

  it('is the same for whoever lists an indicator by the API and for the look-up', () => {
    const listed = indicatorSpelling(hostNames);
    for (const [kind, value] of [
      ['url', 'hxxp://EVIL[.]com/?b=1&utm_source=x'],
      ['domain', 'a.EVIL.co.uk.'],
      ['domain', 'mallory.github.io'],
      ['domain', 'github.io'],
      ['ip', '::FFFF:192.0.2.1'],
      ['ip', '[IPv6:2001:DB8::1]'],
      ['address', 'Mallory@Evil[.]com'],
      ['hash', 'F'.repeat(64)],
    ] as const) {
      expect(listed.normalisedIndicator(kind, value), value).toBe(normalisedIndicator(kind, value));
    }
    expect(listed.normalisedIndicator('domain', 'github.io')).toBeNull();
  });

  it('is refused where a value is not of its kind', () => {
    expect(normalisedIndicator('hash', 'XYZ')).toBeNull();
    expect(normalisedIndicator('hash', 'A'.repeat(64))).toBe('a'.repeat(64));
    expect(normalisedIndicator('ip', '2001:DB8:0:0::1')).toBe('2001:db8::1');
    expect(normalisedIndicator('domain', 'Evil[.]COM')).toBe('evil.com');
  });
});

describe('looking a message up', () => {
  const parsed = parsedMessage({
    from: [address('Jane@Sender.example', '')],
    links: [link('https://www.evil.com/login?id=7'), link('http://8.8.4.4/x'), link('mailto:x@y.example')],
    attachments: [attachment({ sha256: 'b'.repeat(64) })],
    headers: [
      { name: 'Received', value: 'from a (a.example [203.0.113.9]) by b; from c ([10.0.0.1])' },
      { name: 'Received', value: 'from d ([IPv6:2a00:1450::5]) by e' },
    ],
  });
  const extracted = extractIndicators(parsed, session);

  it('extracts addresses, domains, machines and hashes in one spelling', () => {
    expect(extracted.urls).toEqual([
      'https://www.evil.com/login?id=7',
      'https://www.evil.com/login',
      'http://8.8.4.4/x',
    ]);
    expect(extracted.domains).toEqual(
      expect.arrayContaining(['www.evil.com', 'evil.com', 'sender.example', 'mx.sender.example']),
    );
    expect(extracted.addresses).toEqual(['jane@sender.example', 'bounce@sender.example']);
    expect(extracted.hashes).toEqual(['b'.repeat(64)]);
  });

  it('asks for public machines only', () => {
    expect(extracted.ips).toContain('8.8.4.4');
    expect(extracted.ips).toContain('2a00:1450::5');
    expect(extracted.ips).not.toContain('10.0.0.1');
  });

  it('finds the parent domain of a link, and tells it as a finding', () => {
    const { outcome, findings, confidence } = matchIndicators(extracted, [row({})], { now, listed: 10 });
    expect(outcome.matches).toEqual([{ kind: 'domain', value: 'evil.com', source: 'own list', confidence: 0.95 }]);
    expect(findings).toMatchObject([{ code: 'threat.indicator', severity: 'critical', score: 0.95 }]);
    expect(findings?.[0]?.explanation).toContain('evil.com');
    expect(confidence).toBeCloseTo(0.95);
  });

  it('passes over what has expired or is not in the message', () => {
    const hits = [
      row({ expiresAt: '2026-03-01T00:00:00Z' }),
      row({ value: 'other.com' }),
      row({ kind: 'ip', value: 'evil.com' }),
    ];
    expect(matchIndicators(extracted, hits, { now, listed: 10 }).outcome.matches).toEqual([]);
  });

  it('tells a doubtful source under a code that quarantines nothing', () => {
    const { findings } = matchIndicators(extracted, [row({ confidence: 0.3 })], { now, listed: 10 });
    expect(findings?.[0]).toMatchObject({ code: 'threat.indicator.weak', severity: 'low' });
  });

  it('is surer of finding nothing in a long list than in an empty one', () => {
    const nothing = (listed: number) => matchIndicators(extracted, [], { now, listed }).confidence;
    expect(nothing(0)).toBeCloseTo(0.5);
    expect(nothing(5_000)).toBeGreaterThan(0.95);
  });
});
