import { expect, test } from 'vitest';
import { digestBody, digestSubject, harmless, quarantineProblems } from '../../../src/domain/quarantine.js';

const entry = {
  id: '019a0000-0000-7000-8000-000000000001',
  subject: '<img src=x onerror=alert(1)> see https://evil.example/?a=1&b=2 or www.evil.example',
  from: 'mallory@evil.example',
  fromName: 'Bank\u202e"><script>alert(1)</script>\r\nBcc: x@y.example',
  reason: 'spam with a probability of 0.99',
  receivedAt: '2026-11-20T22:30:00.000Z',
};
const digest = { mailbox: 'Sales <b>', entries: [entry], more: 0, timeZone: 'Europe/Berlin', releaseUrl: null };

test('a digest holds nothing of a message that a reader could click, load or run', () => {
  const { text, html } = digestBody(digest);
  for (const body of [text, html]) {
    expect(body).not.toMatch(/https?:|www\.|evil\.example|mallory@|\u202e/);
    expect(body).toContain('hxxps');
    expect(body).toContain('evil[.]example');
    expect(body).toContain(entry.id);
    // In the organization's zone.
    expect(body).toContain('23:30');
  }
  const tags = [...html.matchAll(/<\/?([a-z!]+)/gi)].map(([, name]) => name!.toLowerCase());
  expect(new Set(tags)).toEqual(new Set(['!doctype', 'html', 'body', 'p', 'table', 'tr', 'td', 'strong', 'br']));
  expect(html).not.toMatch(/<[^>]*\son\w+=/);
  expect(text.split('\n').filter((line) => /^\s*Bcc/.test(line))).toEqual([]);
});

test('a digest links to where a message is released, if there is such a page', () => {
  const releaseUrl = 'https://mail.example.org/quarantine/{id}?a=1&b="2"';
  const { text, html } = digestBody({ ...digest, releaseUrl });
  expect(text).toContain(`https://mail.example.org/quarantine/${entry.id}?a=1&b="2"`);
  expect(html).toContain(`href="https://mail.example.org/quarantine/${entry.id}?a=1&amp;b=&quot;2&quot;"`);
});

test('a digest counts what it does not list', () => {
  const long = { ...digest, more: 41 };
  expect(digestSubject(long)).toBe('Quarantine of Sales <b>: 42 new messages');
  expect(digestBody(long).text).toContain('And 41 more.');
  expect(digestSubject(digest)).toContain('1 new message');
});

test('what strangers wrote becomes one short line', () => {
  expect(harmless('a\r\nb\u2028c\u0000d\u200be')).toBe('a b c de');
  expect(harmless('x'.repeat(500))).toBe(`${'x'.repeat(200)}…`);
  expect(harmless(`x${'😀'.repeat(500)}`).isWellFormed()).toBe(true);
  expect(harmless('e.g. this. And that.')).toBe('e[.]g. this. And that.');
});

test('settings that cannot be are told', () => {
  expect(quarantineProblems({ digestHour: 24, retentionDays: 0 }).map(({ field }) => field)).toEqual([
    'digestHour',
    'retentionDays',
  ]);
  expect(quarantineProblems({ digestHour: null, retentionDays: null })).toEqual([]);
  expect(quarantineProblems({ digestHour: 0, retentionDays: 1 })).toEqual([]);
});
