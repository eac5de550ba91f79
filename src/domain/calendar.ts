/** What an event in a mail asks (RFC 5545, RFC 5546). */
export interface CalendarEvent {
  /** Position of its part in the MIME tree. */
  part: string;
  /** Of the calendar: `REQUEST`, `REPLY`, `CANCEL`, ...; null where it states none. */
  method: string | null;
  uid: string | null;
  sequence: number;
  summary: string;
  location: string;
  /** `CONFIRMED`, `TENTATIVE`, `CANCELLED`; null where none is stated. */
  status: string | null;
  organizer: CalendarPerson | null;
  attendees: CalendarPerson[];
  start: CalendarTime | null;
  /** Computed from a duration where only that is stated. */
  end: CalendarTime | null;
  /** The rule as written, `FREQ=WEEKLY;COUNT=4`; null where it happens once. */
  recurrence: string | null;
  /** The first times of a recurring event, ISO 8601; at most 10. */
  occurrences: string[];
}

export interface CalendarPerson {
  address: string;
  name: string;
  /** `ACCEPTED`, `DECLINED`, `TENTATIVE`, `NEEDS-ACTION`, ...; null where none is stated. */
  response: string | null;
}

export interface CalendarTime {
  /** A day `2026-11-20`; a moment `2026-11-20T10:00:00.000Z`; or, where the zone is unknown, `2026-11-20T10:00:00`. */
  at: string;
  allDay: boolean;
  /** As written: an IANA name where the calendar is well kept; null for UTC and floating times. */
  zone: string | null;
}
