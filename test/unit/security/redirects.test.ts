import { expect, test } from 'vitest';
import { unfold } from '../../../src/engines/security/redirects.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  ['https://www.google.com/url?q=https%3A%2F%2Fevil.test%2Flogin&sa=D', 'https://evil.test/login'],
  ['https://www.google.co.uk/amp/s/evil.test/a', 'https://evil.test/a'],
  [`https://www.bing.com/ck/a?!&&p=1&u=a1${base64('https://evil.test/x')}&ntb=1`, 'https://evil.test/x'],
  ['https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.test%2F&data=05', 'https://evil.test/'],
  ['https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.test_a-3Fb-3D1&d=DwMF', 'https://evil.test/a?b=1'],
  ['https://urldefense.com/v3/__https://evil.test/a*b__;Iw!!abc$', 'https://evil.test/a#b'],
  ['https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fevil.test&c=E,1', 'https://evil.test/'],
  [`https://shop.example/track?target=${base64('https://evil.test/very/long')}`, 'https://evil.test/very/long'],
  ['https://shop.example/out/https%3A%2F%2Fevil.test%2Fa', 'https://evil.test/a'],
  [
    'https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fevil.test%252F',
    'https://evil.test/',
  ],
])('reads where %s leads', (link, target) => {
  expect(unfold(link).url).toBe(target);
});

test('names the hosts that a link passes through', () => {
  const link = 'https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fevil.test';
  expect(unfold(link).through).toEqual(['l.facebook.com', 'www.google.com']);
});

test.each([
  'https://www.google.com/search?q=weather',
  'https://shop.example/account?next=/orders',
  'https://shop.example/login?return=https://shop.example/orders',
  'mailto:ada@harbour.example?subject=https://evil.test',
  'not a link',
])('sees no redirection in %s', (link) => {
  expect(unfold(link)).toEqual({ url: link, through: [] });
});

test('gives up on a chain that goes on', () => {
  let link = 'https://end.test/';
  for (let step = 0; step < 12; step += 1) link = `https://hop${step}.test/?u=${encodeURIComponent(link)}`;
  expect(unfold(link).through.length).toBeLessThanOrEqual(6);
});
