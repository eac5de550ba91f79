/**
 * Orders to send a given text to a given address: no person asks another for that, list servers aside. Found by where
 * their parts stand, each looked for once: patterns over all of an order took seconds for a mail made for it.
 */

/** Where a part of an order stands, from `start` up to `end`. A part with a soft edge may as well be read shorter. */
interface Place {
  start: number;
  end: number;
  /** The last position where it may begin, and the first where it may end. */
  latestStart: number;
  earliestEnd: number;
}

type Part = 'send' | 'address' | 'body' | 'with' | 'quoted';

/** Characters between a part and the one before it, and whether they may hold a line end. */
interface Step {
  part: Part;
  gap: number;
  sameLine?: true;
}

const ORDERS: readonly (readonly Step[])[] = [
  [
    { part: 'send', gap: 0 },
    { part: 'address', gap: 160 },
    { part: 'body', gap: 160 },
    { part: 'quoted', gap: 60, sameLine: true },
  ],
  [
    { part: 'send', gap: 0 },
    { part: 'body', gap: 100 },
    { part: 'quoted', gap: 60, sameLine: true },
    { part: 'address', gap: 160 },
  ],
  [
    { part: 'address', gap: 0 },
    { part: 'body', gap: 200 },
    { part: 'quoted', gap: 60, sameLine: true },
    { part: 'send', gap: 120 },
  ],
  [
    { part: 'address', gap: 0 },
    { part: 'with', gap: 120 },
    { part: 'quoted', gap: 40, sameLine: true },
  ],
];

const WORDS: Readonly<Record<Exclude<Part, 'address'>, RegExp>> = {
  send: /\b(?:send|sned|e-?mail(?:ing|ed)?|mail|write|repl(?:y|ying|ied)|respond(?:ing)?|answer|sending|forward(?:ing|ed)?|sent|dispatch|direct(?:ed)?|deliver(?:ed)?|compose|submit)\b/giu,
  body: /\b(?:body|text|content|word(?:ing)?|phrase|string|message|stating|saying|containing|only|just|simply)\b/giu,
  with: /\b(?:with|and|the) ?(?:the )?(?:word|body|message|text|content)\b/giu,
  // Looked ahead for, as one quotation may begin within another.
  quoted: /(?<!\w)(?=(["'“”‘’«»„`*]{1,3}[^"'“”‘’«»„`*\n]{1,80}["'“”‘’«»„`*]{1,3}(?!\w)))/giu,
};
const MAX_LOCAL_PART = 64;
const LOCAL_PART = /[\w.+-]/;
const HOST = /[\w-]{1,63}\.[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}/y;
const LEAST_HOST = /[\w-]{1,63}?\.[\w-]/y;

/** What list servers ask people to write, and always did. */
const LIST_COMMAND = /\b(?:un)?subscribe|sign-?off|remove|help|info\b|majordomo|listserv|-request@|owner-/iu;
/** Header fields and lines above a quotation hold addresses and quotation marks too. */
const HEADER =
  /(?:^|\n)[>\s]{0,10}(?:from|to|cc|sent|date|subject|mime-version|content-type|reply-to|in message)\b[ \t<:]|boundary=|wrote:|said:|https?:|mailto:/iu;
const MOST_TRIED = 1_000;

/** The first order to send a given text to a given address; null where there is none. */
export function mailOrderIn(text: string): string | null {
  if (!text.includes('@')) return null;
  const places: Record<Part, Place[]> = {
    send: placesOf(text, WORDS.send),
    address: addressesIn(text),
    body: placesOf(text, WORDS.body),
    with: placesOf(text, WORDS.with),
    quoted: placesOf(text, WORDS.quoted),
  };
  for (const order of ORDERS) {
    const found = firstOf(text, order, places);
    if (found !== null) return found;
  }
  return null;
}

function firstOf(text: string, order: readonly Step[], places: Record<Part, Place[]>): string | null {
  let passed = 0;
  let tried = 0;
  for (const { start, end } of wholeOrders(text, order, places)) {
    if (start < passed) continue;
    const words = text.slice(start, end);
    if (!LIST_COMMAND.test(words) && !HEADER.test(words)) return words;
    tried += 1;
    if (tried === MOST_TRIED) return null;
    passed = end;
  }
  return null;
}

/** From the last part to the first: of each place that can be followed to an order's end, the nearest such end. */
function wholeOrders(text: string, order: readonly Step[], places: Record<Part, Place[]>) {
  let following: { place: Place; end: number }[] = [];
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const own = places[order[index]!.part];
    const next = order[index + 1];
    following =
      next === undefined
        ? own.map((place) => ({ place, end: place.end }))
        : own.flatMap((place) => {
            const end = endAfter(text, place, next, following);
            return end === null ? [] : [{ place, end }];
          });
  }
  return following.map(({ place, end }) => ({ start: place.start, end }));
}

/** Sorted by start; the next candidates are sought from the first that may begin behind the place. */
function endAfter(
  text: string,
  place: Place,
  { gap, sameLine }: Step,
  following: readonly { place: Place; end: number }[],
): number | null {
  let low = 0;
  let high = following.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (following[middle]!.place.latestStart < place.earliestEnd) low = middle + 1;
    else high = middle;
  }
  const next = following[low];
  if (next === undefined || next.place.start - place.end > gap) return null;
  if (sameLine && text.slice(place.end, next.place.start).includes('\n')) return null;
  return next.end;
}

function placesOf(text: string, pattern: RegExp): Place[] {
  return Array.from(text.matchAll(pattern), ({ index, 0: whole, 1: ahead }) => {
    const end = index + (ahead ?? whole).length;
    return { start: index, end, latestStart: index, earliestEnd: end };
  });
}

function addressesIn(text: string): Place[] {
  const places: Place[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < MAX_LOCAL_PART && LOCAL_PART.test(text[start - 1]!)) start -= 1;
    const host = stickyMatch(HOST, text, at + 1);
    const least = stickyMatch(LEAST_HOST, text, at + 1);
    if (start === at || host === null || least === null) continue;
    places.push({ start, end: at + 1 + host.length, latestStart: at - 1, earliestEnd: at + 1 + least.length });
  }
  return places;
}

function stickyMatch(pattern: RegExp, text: string, from: number): string | null {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0] ?? null;
}
