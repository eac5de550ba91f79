/** A run of bytes: from `start` up to, not including, `end`. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface ForeignResults {
  /** Fields to be removed, line ends included, in their order. */
  ranges: ByteRange[];
  /** Where the body begins; null where the header section does not end in these bytes. */
  bodyStart: number | null;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const NAME = 'authentication-results';
/** As much of a field as can hold the name of a server; what is longer is no such field. */
const MAX_READ = 4_096;

/**
 * Finds the Authentication-Results fields that a stranger wrote in our name (RFC 8601 5).
 *
 * A bare CR counts as a line end here and only an empty line that ends with LF ends the section: readers differ in
 * both, and no field that one of them takes for ours may stay. Where the server's name cannot be read, a field goes if
 * what stands for it mentions us.
 */
export function findForeignResults(bytes: Uint8Array, authservId: string): ForeignResults {
  const ours = canonicalId(authservId);
  const ranges: ByteRange[] = [];
  let position = 0;
  let fieldStart = 0;
  const finishField = (end: number): void => {
    if (end > fieldStart && claims(bytes.subarray(fieldStart, end), ours)) ranges.push({ start: fieldStart, end });
    fieldStart = end;
  };
  while (position < bytes.length) {
    const { end, next } = lineAt(bytes, position);
    if (end === position && bytes[next - 1] === LF) {
      finishField(position);
      return { ranges, bodyStart: next };
    }
    const folded = bytes[position] === SPACE || bytes[position] === TAB;
    if (!folded) finishField(position);
    position = next;
  }
  finishField(bytes.length);
  return { ranges, bodyStart: null };
}

/** Where the line at `position` ends, and where the next one begins. `\r\r\n` is one line end. */
function lineAt(bytes: Uint8Array, position: number): { end: number; next: number } {
  let end = position;
  while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end += 1;
  let next = end;
  while (bytes[next] === CR) next += 1;
  if (bytes[next] === LF) return { end, next: next + 1 };
  return { end, next: Math.min(end + 1, bytes.length) };
}

function claims(field: Uint8Array, ours: string): boolean {
  if (field.length < NAME.length + 1) return false;
  // One character a byte: names of servers are ASCII, or UTF-8 that is compared as it stands.
  const text = String.fromCharCode(...field.subarray(0, MAX_READ));
  const colon = text.indexOf(':');
  if (
    colon < 0 ||
    text
      .slice(0, colon)
      .replace(/[^!-~]/g, '')
      .toLowerCase() !== NAME
  )
    return false;
  const value = text.slice(colon + 1);
  const id = serverName(value);
  if (id !== null) return canonicalId(id) === ours;
  const claim = value.split(';', 1)[0]!.toLowerCase();
  return claim.includes(ours);
}

/** The authserv-id (RFC 8601 2.2: a token or a quoted string between comments); null where there is none to read. */
function serverName(value: string): string | null {
  const rest = withoutComments(value);
  if (rest === null) return null;
  const quoted = /^"((?:[^"\\]|\\.)*)"\s*(?:[0-9]+\s*)?(?:;|$)/s.exec(rest);
  if (quoted?.[1] !== undefined) return quoted[1].replace(/\\(.)/gs, '$1').replace(/[\r\n]/g, '');
  // A token, and dots at its end that readers ignore. A version may follow.
  return /^([^\s()<>@,;:\\"/[\]?=]+)\s*(?:[0-9]+\s*)?(?:;|$)/.exec(rest)?.[1] ?? null;
}

/** The text before its first semicolon outside of comments and quotes, comments taken out; null where one is open. */
function withoutComments(value: string): string | null {
  let depth = 0;
  let quoted = false;
  let kept = '';
  for (let i = 0; i < value.length; i++) {
    const character = value[i]!;
    if (character === '\\' && (quoted || depth > 0)) {
      if (depth === 0) kept += character + (value[i + 1] ?? '');
      i += 1;
    } else if (quoted) {
      kept += character;
      if (character === '"') quoted = false;
    } else if (character === '(') {
      depth += 1;
      kept += ' ';
    } else if (character === ')' && depth > 0) {
      depth -= 1;
    } else if (depth === 0) {
      if (character === ';') return kept.trim();
      if (character === '"') quoted = true;
      kept += character;
    }
  }
  return depth > 0 || quoted ? null : kept.trim();
}

function canonicalId(id: string): string {
  return id.trim().toLowerCase().replace(/\.+$/, '');
}
