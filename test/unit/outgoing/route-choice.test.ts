import { describe, expect, test } from 'vitest';
import { defaultRoute } from '../../../src/adapters/transport/default-route.js';
import { pathOf } from '../../../src/adapters/transport/sending-route.js';
import { untilTomorrow, warmUpAllowance } from '../../../src/domain/outgoing/delivery-route.js';
import {
  assignmentFor,
  chooseMember,
  chooseRoute,
  type RouteHealth,
} from '../../../src/domain/outgoing/route-choice.js';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const route = (name: string, more: Partial<RouteHealth> = {}): RouteHealth => ({
  name,
  members: [],
  attempts: 0,
  deferred: 0,
  restsUntil: null,
  reason: null,
  ...more,
});

describe('the assignment of a destination', () => {
  const assignments = ['*', '*.example.org', '*.mail.example.org', 'a.mail.example.org'].map((pattern) => ({
    pattern,
    route: pattern,
  }));
  test.each([
    ['a.mail.example.org', 'a.mail.example.org'],
    ['b.mail.example.org', '*.mail.example.org'],
    ['mail.example.org', '*.example.org'],
    ['example.org', '*'],
    ['notexample.org', '*'],
  ])('%s is of %s', (destination, pattern) => expect(assignmentFor(destination, assignments)?.pattern).toBe(pattern));
});

describe('the route of a destination', () => {
  test('is the default one where no other is assigned, or the assigned one is gone', () => {
    const routes = [route('default')];
    expect(chooseRoute('x.example', [], routes, NOW, 0).explanation).toBe(
      'Mail for x.example goes by route default, for no assignment names another.',
    );
    expect(chooseRoute('x.example', [{ pattern: '*', route: 'gone' }], routes, NOW, 0).route).toBe('default');
  });

  test('says what is known of it', () => {
    const routes = [route('default'), route('relay', { attempts: 100, deferred: 40 })];
    expect(chooseRoute('x.example', [{ pattern: 'x.example', route: 'relay' }], routes, NOW, 0)).toEqual({
      route: 'relay',
      member: 'relay',
      explanation:
        'Mail for x.example goes by route relay, for x.example is assigned to it; it saw 40 % deferred in the last hour.',
    });
  });
});

describe('the member of a pool', () => {
  const members = [
    { route: 'a', weight: 1 },
    { route: 'b', weight: 1 },
  ];
  const shareOfB = (routes: RouteHealth[]) => {
    const draws = Array.from({ length: 1_000 }, (_, at) => chooseMember(members, routes, NOW, at / 1_000).member);
    return draws.filter((name) => name === 'b').length / 1_000;
  };

  test('is chosen by weight', () => {
    expect(shareOfB([route('a'), route('b')])).toBeCloseTo(0.5, 2);
    const draws = Array.from({ length: 1_000 }, (_, at) =>
      chooseMember([members[0]!, { route: 'b', weight: 3 }], [], NOW, at / 1_000),
    );
    expect(draws.filter(({ member }) => member === 'b')).toHaveLength(750);
  });

  test('gets less the more it was deferred, and never nothing', () => {
    expect(shareOfB([route('a'), route('b', { attempts: 100, deferred: 50 })])).toBeCloseTo(0.2, 2);
    expect(shareOfB([route('a'), route('b', { attempts: 100, deferred: 100 })])).toBeCloseTo(0.05 / 1.05, 2);
    // One deferral of one attempt tells nothing.
    expect(shareOfB([route('a'), route('b', { attempts: 1, deferred: 1 })])).toBeCloseTo(0.5, 2);
  });

  test('is none that rests, while another does not; else the one that is back first', () => {
    const resting = route('b', { restsUntil: NOW + 60_000, reason: '421 slow down' });
    expect(shareOfB([route('a'), resting])).toBe(0);
    expect(chooseMember(members, [route('a', { restsUntil: NOW + 90_000 }), resting], NOW, 0)).toEqual({
      member: 'b',
      explanation:
        'all members rest, b is back first (a rests until 2026-11-20T12:01:30Z, b rests until 2026-11-20T12:01:00Z (421 slow down))',
    });
  });
});

test('a warm-up grows by the day, and ends', () => {
  const warmUp = { from: '2026-11-19', perDay: [50, 100, 200] };
  const at = (day: string) => warmUpAllowance(warmUp, Date.parse(`${day}T12:00:00Z`));
  expect(['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'].map(at)).toEqual([
    0,
    50,
    100,
    200,
    null,
  ]);
  expect(untilTomorrow(NOW)).toBe(12 * 3_600_000);
});

test.each([
  ['smtp://relay.example:2500', 'OPPORTUNISTIC', 2_500, 'smtp://relay.example:2500'],
  ['smtp://relay.example', 'OPPORTUNISTIC', 25, 'smtp://relay.example:25'],
  ['smtp://us:p%40ss@relay.example:587', 'REQUIRED', 587, 'smtp://us@relay.example:587'],
  ['smtps://us:secret@relay.example', 'IMPLICIT', 465, 'smtps://us@relay.example:465'],
  ['smtp://[2001:db8::1]:2525', 'OPPORTUNISTIC', 2_525, 'smtp://[2001:db8::1]:2525'],
])('EVERPOST_SMARTHOST %s', (url, tls, port, path) => {
  const given = defaultRoute(url);
  expect(given.smartHost).toMatchObject({ tls, port });
  expect(pathOf(given)).toBe(path);
  if (url.includes('p%40ss')) expect(given.smartHost!.password!()).toBe('p@ss');
});
