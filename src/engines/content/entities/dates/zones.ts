import { offsetIn } from '../time-zone.js';

/** Minutes east of UTC; names that stand for a zone with summer time are looked up at the moment. */
const ZONES: Readonly<Record<string, number | string>> = {
  utc: 0,
  gmt: 0,
  z: 0,
  wet: 0,
  west: 60,
  bst: 60,
  ist: 330,
  cet: 60,
  cest: 120,
  mez: 60,
  mesz: 120,
  eet: 120,
  eest: 180,
  msk: 180,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  jst: 540,
  kst: 540,
  sgt: 480,
  hkt: 480,
  aest: 600,
  aedt: 660,
  nzst: 720,
  nzdt: 780,
  ppt: 'America/Los_Angeles',
  pt: 'America/Los_Angeles',
  ct: 'America/Chicago',
  et: 'America/New_York',
  mt: 'America/Denver',
  eastern: 'America/New_York',
  pacific: 'America/Los_Angeles',
  central: 'America/Chicago',
  mountain: 'America/Denver',
};
const WRITTEN = new RegExp(
  ` ?\\(?(?:(?<name>${Object.keys(ZONES).join('|')})(?: (?:standard |daylight )?time)?|(?:(?:utc|gmt) ?)?(?<sign>[+-])(?<hours>[01]\\d):?(?<minutes>[0-5]\\d))(?![\\p{L}\\p{N}]|[+-]\\d)\\)?`,
  'uy',
);

/** The zone that is written right behind a time, and where it ends; `ist` and `est` are words unless in capitals. */
export function clockZone(
  folded: string,
  text: string,
  at: number,
  instant: Date,
): { end: number; offset: number } | null {
  WRITTEN.lastIndex = at;
  const match = WRITTEN.exec(folded);
  if (match === null) return null;
  const { name, sign, hours, minutes } = match.groups ?? {};
  const opens = match[0].includes('(') && !match[0].endsWith(')');
  if (opens) return null;
  const end = at + match[0].length - (match[0].endsWith(')') && !match[0].includes('(') ? 1 : 0);
  if (name === undefined) return { end, offset: (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) };
  if (
    name.length < 5 &&
    text
      .slice(at, at + match[0].length)
      .replace(/[^\p{L}]/gu, '')
      .slice(0, name.length) !== name.toUpperCase()
  )
    return null;
  const zone = ZONES[name] ?? 0;
  return { end, offset: typeof zone === 'number' ? zone : offsetIn(zone, instant) };
}
