import ICAL from 'ical.js';
import type { CalendarEvent, CalendarPerson, CalendarTime } from '../../domain/calendar.js';
import type { DefectList } from './defect-list.js';

const MAX_BYTES = 512 * 1024;
const MAX_EVENTS = 50;
const MAX_ATTENDEES = 200;
const MAX_OCCURRENCES = 10;
const MAX_TEXT = 1_000;

export function isCalendarPart(contentType: string, filename: string | null): boolean {
  return contentType === 'text/calendar' || contentType === 'application/ics' || /\.ics$/i.test(filename ?? '');
}

/** The events of a calendar part, in its order; what cannot be read is marked. */
export function readCalendar(part: string, bytes: Buffer, defects: DefectList): CalendarEvent[] {
  if (bytes.length > MAX_BYTES) {
    defects.add(
      'calendar.size',
      `The calendar in part ${part} is larger than ${MAX_BYTES / 1024} KB; it was not read.`,
    );
    return [];
  }
  const calendars = calendarsIn(part, bytes.toString('utf8'), defects);
  const events = calendars.flatMap((calendar) => {
    const method = textOf(calendar, 'method')?.toUpperCase() ?? null;
    const zones = zonesOf(calendar);
    return calendar.getAllSubcomponents('vevent').map((event) => ({ event, method, zones }));
  });
  if (events.length > MAX_EVENTS) {
    defects.add(
      'calendar.events',
      `The calendar in part ${part} has ${events.length} events; ${MAX_EVENTS} were read.`,
    );
  }
  return events.slice(0, MAX_EVENTS).flatMap(({ event, method, zones }) => {
    try {
      return readEvent(part, event, method, zones);
    } catch (error) {
      defects.add('calendar.event', `An event in part ${part} cannot be read: ${messageOf(error)}.`);
      return [];
    }
  });
}

function calendarsIn(part: string, text: string, defects: DefectList): ICAL.Component[] {
  try {
    const parsed: unknown = ICAL.parse(text);
    const roots = Array.isArray(parsed) && Array.isArray(parsed[0]) ? (parsed as unknown[]) : [parsed];
    return roots.map((root) => new ICAL.Component(root as string[])).filter(({ name }) => name === 'vcalendar');
  } catch (error) {
    defects.add('calendar.unreadable', `The calendar in part ${part} cannot be read: ${messageOf(error)}.`);
    return [];
  }
}

function zonesOf(calendar: ICAL.Component): ReadonlyMap<string, ICAL.Timezone> {
  const zones = new Map<string, ICAL.Timezone>();
  for (const component of calendar.getAllSubcomponents('vtimezone').slice(0, 20)) {
    const zone = new ICAL.Timezone(component);
    zones.set(zone.tzid, zone);
  }
  return zones;
}

type Zones = ReadonlyMap<string, ICAL.Timezone>;

function readEvent(part: string, event: ICAL.Component, method: string | null, zones: Zones): CalendarEvent {
  const startProperty = event.getFirstProperty('dtstart');
  const start = timeOf(startProperty, zones);
  const rule = event.getFirstPropertyValue('rrule');
  const recurs = rule instanceof ICAL.Recur;
  return {
    part,
    method,
    uid: textOf(event, 'uid'),
    sequence: Number(event.getFirstPropertyValue('sequence') ?? 0) || 0,
    summary: textOf(event, 'summary') ?? '',
    location: textOf(event, 'location') ?? '',
    status: textOf(event, 'status')?.toUpperCase() ?? null,
    organizer: personOf(event.getFirstProperty('organizer')),
    attendees: event
      .getAllProperties('attendee')
      .slice(0, MAX_ATTENDEES)
      .flatMap((attendee) => personOf(attendee) ?? []),
    start: start === null ? null : shown(start, zoneName(startProperty)),
    end: endOf(event, start, zones),
    recurrence: recurs ? rule.toString().slice(0, MAX_TEXT) : null,
    occurrences: recurs && start !== null ? firstOccurrences(rule, start) : [],
  };
}

function endOf(event: ICAL.Component, start: ICAL.Time | null, zones: Zones): CalendarTime | null {
  const property = event.getFirstProperty('dtend');
  const end = timeOf(property, zones);
  if (end !== null) return shown(end, zoneName(property));
  const duration = event.getFirstPropertyValue('duration');
  if (start === null || !(duration instanceof ICAL.Duration)) return null;
  const computed = start.clone();
  computed.addDuration(duration);
  return shown(computed, zoneName(event.getFirstProperty('dtstart')));
}

function timeOf(property: ICAL.Property | null, zones: Zones): ICAL.Time | null {
  const value = property?.getFirstValue();
  if (!(value instanceof ICAL.Time)) return null;
  const zone = zones.get(zoneName(property) ?? '');
  if (zone !== undefined) value.zone = zone;
  return value;
}

function zoneName(property: ICAL.Property | null): string | null {
  const name = property?.getFirstParameter('tzid');
  return typeof name === 'string' && name !== '' ? name.slice(0, 100) : null;
}

function shown(time: ICAL.Time, zone: string | null): CalendarTime {
  return { at: written(time), allDay: time.isDate, zone };
}

/** Floating times, and those of a zone that the calendar does not describe, stay local. */
function written(time: ICAL.Time): string {
  if (time.isDate) return time.toString();
  return time.zone === ICAL.Timezone.localTimezone ? time.toString().replace(/Z$/, '') : time.toJSDate().toISOString();
}

/**
 * Rules whose next day is never far: the iterator of ical.js searches for a day that never comes (the 30th of
 * February) without an end, and for seconds one by one.
 */
function isNear(rule: ICAL.Recur): boolean {
  if (!['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].includes(rule.freq) || rule.interval > 100) return false;
  const parts = Object.entries(rule.parts as Record<string, unknown[]>).filter(([, values]) => values.length > 0);
  // Every twelve months from a January, in February: never.
  if (parts.length > 0 && rule.interval > 1 && (parts.length > 1 || parts[0]![0] !== 'BYDAY')) return false;
  return parts.every(([name, values]) => {
    if (name === 'BYMONTH') return values.every((month) => Number(month) >= 1 && Number(month) <= 12);
    if (name === 'BYMONTHDAY') return values.every((day) => Math.abs(Number(day)) >= 1 && Math.abs(Number(day)) <= 28);
    return (
      name === 'BYDAY' &&
      parts.length === 1 &&
      values.every((day) => /^[+-]?[1-4]?(?:MO|TU|WE|TH|FR|SA|SU)$/.test(String(day)))
    );
  });
}

function firstOccurrences(rule: ICAL.Recur, start: ICAL.Time): string[] {
  if (!isNear(rule)) return [];
  const iterator = rule.iterator(start);
  const found: string[] = [];
  while (found.length < MAX_OCCURRENCES) {
    const next = iterator.next();
    if (!next) break;
    found.push(written(next));
  }
  return found;
}

function personOf(property: ICAL.Property | null): CalendarPerson | null {
  const value = property?.getFirstValue();
  if (property === null || typeof value !== 'string') return null;
  const address = value
    .replace(/^mailto:/i, '')
    .trim()
    .toLowerCase();
  const response = property.getFirstParameter('partstat');
  const name = property.getFirstParameter('cn');
  return {
    address: address.slice(0, 320),
    name: typeof name === 'string' ? name.slice(0, MAX_TEXT) : '',
    response: typeof response === 'string' ? response.toUpperCase().slice(0, 40) : null,
  };
}

function textOf(component: ICAL.Component, name: string): string | null {
  const value = component.getFirstPropertyValue(name);
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : null;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 200);
}
