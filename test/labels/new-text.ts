/** A stretch of a file read as latin1: [start, end) in characters, which are its bytes. */
export type Span = readonly [start: number, end: number];

const SIGNATURE_OR_FOOTER =
  /^(?:-- ?$|_{20,}|={40,}|-+ ?Yahoo! Groups|To unsubscribe (?:from|e-mail)|This sf\.net email is sponsored)/i;
const RULE = /^-{20,} *$/;
const AFTER_RULE = /sponsored by|mailing list|in remembrance|unsubscribe|if you want to cancel|yahoo! groups/i;
const ORIGINAL = /^[ \t>]*-{2,} ?(?:Original (?:Message|Appointment)|(?:Begin )?Forwarded (?:message|by))/i;
const QUOTED = /^(?:[ \t]{0,3}[A-Za-z]{0,3}[>|]|\) )/;
const ATTRIBUTION = /\b(?:wrote|writes|said) ?(?:\([^)]*\))?:[ \t]*$/;
const DATED_OR_ADDRESSED = /\d:\d\d|<[^>]+@[^>]+>/;
const ATTRIBUTION_START = /^(?:On|At|In|Quoting|Once upon a time) /;
const FIELD = /^[ \t]*(?:From|To|Sent|Subject|cc):[ \t]/i;

/**
 * Where the new text of a mail stands: before its original, delimited signature or list footer, without quoted lines
 * and the lines that introduce them. Null where an original begins that no line announces (its end is then a guess).
 */
export function newTextSpans(raw: string): Span[] | null {
  const lines = linesOf(raw, raw.indexOf('\n\n') + 2);
  const end = lines.findIndex(
    ({ text }, at) => SIGNATURE_OR_FOOTER.test(text) || ORIGINAL.test(text) || isFooterRule(lines, at),
  );
  const body = end === -1 ? lines : lines.slice(0, end);
  if (body.filter(({ text }) => FIELD.test(text)).length > 1) return null;
  const out = body.map(({ text }) => QUOTED.test(text));
  body.forEach(({ text }, index) => {
    if (!ATTRIBUTION.test(text) || !(DATED_OR_ADDRESSED.test(text) || quoteFollows(out, body, index))) return;
    out[index] = true;
    const first = [index, index - 1, index - 2].find((at) => ATTRIBUTION_START.test(body[at]?.text ?? ''));
    for (let at = first ?? index; at < index; at += 1) out[at] = true;
  });
  return spansOf(body, out);
}

interface Line {
  start: number;
  text: string;
}

function linesOf(raw: string, from: number): Line[] {
  const lines: Line[] = [];
  for (let start = from; start < raw.length;) {
    const next = raw.indexOf('\n', start);
    const end = next === -1 ? raw.length : next;
    lines.push({ start, text: raw.slice(start, end) });
    start = end + 1;
  }
  return lines;
}

function isFooterRule(lines: Line[], at: number): boolean {
  if (!RULE.test(lines[at]?.text ?? '')) return false;
  return lines.slice(at + 1, at + 3).some(({ text }) => AFTER_RULE.test(text));
}

function quoteFollows(quoted: boolean[], body: Line[], index: number): boolean {
  for (let at = index + 1; at < body.length; at += 1) {
    if (quoted[at]) return true;
    if (body[at]?.text.trim() !== '') return false;
  }
  return false;
}

/** Runs of lines that are kept, without blank lines at their edges. */
function spansOf(body: Line[], out: boolean[]): Span[] {
  const spans: Span[] = [];
  let run: Line[] = [];
  const close = (): void => {
    const written = run.filter(({ text }) => text.trim() !== '');
    const [first, last] = [written[0], written.at(-1)];
    if (first !== undefined && last !== undefined) spans.push([first.start, last.start + last.text.length]);
    run = [];
  };
  body.forEach((line, index) => {
    if (out[index]) close();
    else run.push(line);
  });
  close();
  return spans;
}
