const FORMATS = new Map<string, Intl.DateTimeFormat | null>();
const OFFSET = /GMT(?:([+-])(\d{2}):?(\d{2}))?/;

/** Minutes east of UTC in a time zone at a moment; 0 for a zone that does not exist. */
export function offsetIn(timeZone: string, at: Date): number {
  const format = formatFor(timeZone);
  if (format === null) return 0;
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = OFFSET.exec(name) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** The day that a moment falls on in a time zone, `2026-03-01`. */
export function dayIn(timeZone: string, at: Date): string {
  return new Date(at.getTime() + offsetIn(timeZone, at) * 60_000).toISOString().slice(0, 10);
}

function formatFor(timeZone: string): Intl.DateTimeFormat | null {
  const known = FORMATS.get(timeZone);
  if (known !== undefined) return known;
  const format = create(timeZone);
  FORMATS.set(timeZone, format);
  return format;
}

function create(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset', hour: 'numeric' });
  } catch {
    return null; // RangeError: the organization names a zone that this ICU does not know.
  }
}
