import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCalendar } from '../../../src/engines/mime/calendar.js';
import { DefectList } from '../../../src/engines/mime/defect-list.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { testData } from '../../support/test-data.js';

const INVITE = [
  'BEGIN:VCALENDAR',
  'METHOD:REQUEST',
  'BEGIN:VTIMEZONE',
  'TZID:Europe/Berlin',
  'BEGIN:STANDARD',
  'DTSTART:19701025T030000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:19700329T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
  'BEGIN:VEVENT',
  'UID:weekly@example.org',
  'SEQUENCE:2',
  'SUMMARY:Pumps\\, weekly',
  'LOCATION:Room 4',
  'ORGANIZER;CN=Ada:mailto:Ada@example.org',
  'ATTENDEE;CN="Bob B.";PARTSTAT=ACCEPTED:mailto:bob@example.net',
  'DTSTART;TZID=Europe/Berlin:20261020T100000',
  'DURATION:PT1H',
  'RRULE:FREQ=WEEKLY;COUNT=3',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

describe('a calendar in a mail', () => {
  test('tells who invites whom to what, when, and how often', async () => {
    const mail =
      'From: ada@example.org\r\nTo: bob@example.net\r\nSubject: Invitation\r\nMIME-Version: 1.0\r\n' +
      'Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee you\r\n' +
      `--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n${INVITE}--b--\r\n`;
    const { events, text } = await parseMessage(Buffer.from(mail));
    expect(text.trim()).toBe('See you');
    expect(events).toEqual([
      {
        part: '2',
        method: 'REQUEST',
        uid: 'weekly@example.org',
        sequence: 2,
        summary: 'Pumps, weekly',
        location: 'Room 4',
        status: null,
        organizer: { address: 'ada@example.org', name: 'Ada', response: null },
        attendees: [{ address: 'bob@example.net', name: 'Bob B.', response: 'ACCEPTED' }],
        start: { at: '2026-10-20T08:00:00.000Z', allDay: false, zone: 'Europe/Berlin' },
        end: { at: '2026-10-20T09:00:00.000Z', allDay: false, zone: 'Europe/Berlin' },
        recurrence: 'FREQ=WEEKLY;COUNT=3',
        // Summer time ends on the 25th.
        occurrences: ['2026-10-20T08:00:00.000Z', '2026-10-27T09:00:00.000Z', '2026-11-03T09:00:00.000Z'],
      },
    ]);
  });

  test('keeps times local whose zone it does not describe', () => {
    const event = 'DTSTART;TZID=Nowhere:20261020T100000\r\nDTEND:20261020T110000';
    const calendar = `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n${event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
    const [found] = readCalendar('1', Buffer.from(calendar), new DefectList());
    expect(found?.start).toEqual({ at: '2026-10-20T10:00:00', allDay: false, zone: 'Nowhere' });
    expect(found?.end).toEqual({ at: '2026-10-20T11:00:00', allDay: false, zone: null });
  });

  test.each([
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=MONTHLY;INTERVAL=12;BYMONTH=2',
    'FREQ=MINUTELY;BYYEARDAY=366;BYMONTH=1',
    'FREQ=YEARLY;BYDAY=53MO;BYMONTH=2',
    'FREQ=DAILY;INTERVAL=0',
  ])('does not search without an end for the next time of %s', (rule) => {
    const event = `DTSTART:20260101T000000Z\r\nRRULE:${rule}`;
    const calendar = `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n${event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
    const defects = new DefectList();
    const events = readCalendar('1', Buffer.from(calendar), defects);
    expect(events.length + defects.toArray().length).toBeGreaterThan(0);
  });

  test('that cannot be read, or is too large, is marked', () => {
    const defects = new DefectList();
    expect(readCalendar('1', Buffer.from('BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nnonsense\r\n'), defects)).toEqual([]);
    expect(readCalendar('2', Buffer.alloc(600 * 1024, 'A'), defects)).toEqual([]);
    expect(defects.toArray().map(({ code }) => code)).toEqual(['calendar.unreadable', 'calendar.size']);
  });
});

const suite = testData('calendar-icaljs');

test.skipIf(suite.absent)(suite.title('every event of the samples of ical.js is read, none of them marked'), () => {
  for (const file of readdirSync(path.join(suite.path, 'samples')).filter((name) => name.endsWith('.ics'))) {
    const bytes = readFileSync(path.join(suite.path, 'samples', file));
    const defects = new DefectList();
    const events = readCalendar('1', bytes, defects);
    expect([file, events.length, defects.toArray()]).toEqual([
      file,
      bytes.toString().split('BEGIN:VEVENT').length - 1,
      [],
    ]);
    for (const event of events)
      expect([file, event.start?.at]).toEqual([file, expect.stringMatching(/^\d{4}-\d{2}-\d{2}/)]);
  }
});
