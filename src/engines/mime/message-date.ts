export interface MessageDate {
  /** ISO 8601 in UTC. */
  iso: string;
  /** Minutes east of UTC; null where none was stated. */
  offset: number | null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** RFC 5322 4.3. */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  cet: 60,
  cest: 120,
  met: 60,
  mest: 120,
  bst: 60,
  jst: 540,
};
const DATE =
  /^(?:[a-z]{3,9}\.?,?\s+)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?[\s-]+(\d{2,4}),?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d{1,9})?\s*([+-]\d{2}:?\d{2}|[a-z]{1,5})?/i;

/** Reads a Date field (RFC 5322 3.3, with the obsolete forms of 4.3 and what else occurs); null where it is none. */
export function parseMessageDate(value: string): MessageDate | null {
  const text = value
    .slice(0, 200)
    .replace(/\([^()]*\)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const found = DATE.exec(text);
  if (found === null) return parseOther(text);
  const [, day, monthName, yearText, hour, minute, second, zone] = found;
  const month = MONTHS.indexOf((monthName ?? '').toLowerCase());
  if (month === -1) return null;
  const offset = zoneOffset(zone);
  const time = Date.UTC(
    fullYear(yearText ?? ''),
    month,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second ?? 0),
  );
  const plausible = Number(day) <= 31 && Number(day) > 0 && Number(hour) < 24 && Number(minute) < 60;
  return plausible ? dateAt(time, offset) : null;
}

function parseOther(text: string): MessageDate | null {
  const stated = /(?:\d|\s)(Z|[+-]\d{2}:?\d{2})$/.exec(text)?.[1];
  const offset = zoneOffset(stated);
  // Date.parse reads a time without a zone in the machine's own: the result must not depend on where this runs.
  const time = /\d{4}/.test(text) ? Date.parse(stated === undefined ? `${text} UTC` : text) : Number.NaN;
  return Number.isNaN(time) ? null : dateAt(time + (offset ?? 0) * 60_000, offset);
}

function dateAt(localTime: number, offset: number | null): MessageDate | null {
  const date = new Date(localTime - (offset ?? 0) * 60_000);
  const year = date.getUTCFullYear();
  return Number.isNaN(date.getTime()) || year < 1900 || year > 9999 ? null : { iso: date.toISOString(), offset };
}

function fullYear(text: string): number {
  const year = Number(text);
  if (text.length >= 4) return year;
  if (text.length === 3) return year + 1900;
  return year < 50 ? year + 2000 : year + 1900;
}

function zoneOffset(zone: string | undefined): number | null {
  if (zone === undefined) return null;
  const numeric = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (numeric === null) return ZONES[zone.toLowerCase()] ?? null;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
  if (minutes > 24 * 60) return null;
  return numeric[1] === '-' ? 0 - minutes : minutes;
}
