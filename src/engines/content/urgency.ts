import type { MailOrigin } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { PhraseBook } from '../language/phrases.js';
import type { DueDate } from './due-date.js';
import { headerField } from './header-fields.js';
import { offsetIn } from './entities/time-zone.js';

const URGENT = new PhraseBook<string>(
  [
    'urgent',
    'urgently',
    'asap',
    'as soon as possible',
    'immediately',
    'emergency',
    'critical',
    'right away',
    'time sensitive',
    'final notice',
    'last reminder',
    'overdue',
    'dringend',
    'eilig',
    'sofort',
    'umgehend',
    'unverzuglich',
    'notfall',
    'so schnell wie moglich',
    'letzte mahnung',
    'uberfallig',
    'eilt',
    'urgente',
    "d'urgence",
    'immediatement',
    'des que possible',
    'au plus vite',
    'dernier rappel',
    'en retard',
    'urgentemente',
    'inmediatamente',
    'cuanto antes',
    'lo antes posible',
    'de inmediato',
    'ultimo aviso',
    'emergencia',
    'urgencia',
  ].map((phrase) => [phrase, phrase] as const),
);
const OUTAGE = new PhraseBook<string>(
  [
    'outage',
    'server is down',
    'system is down',
    'site is down',
    'production down',
    'data loss',
    'security incident',
    'data breach',
    'cannot log in',
    'stopped working',
    'ausfall',
    'stillstand',
    'datenverlust',
    'sicherheitsvorfall',
    'server ist down',
    'nicht erreichbar',
    'panne',
    'incident de securite',
    'perte de donnees',
    'hors service',
    'ne repond plus',
    'caida del sistema',
    'incidente de seguridad',
    'perdida de datos',
    'fuera de servicio',
    'no responde',
  ].map((phrase) => [phrase, phrase] as const),
);
/** Words at the start of a text in which urgency is meant, not mentioned. */
const TELLING_WORDS = 300;
/** A mass sender's `urgent` sells something. */
const BULK_DISCOUNT = 0.2;
const LIST_DISCOUNT = 0.5;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
/** Points at which an urgency is as likely as not, and how fast it gets certain beyond. */
const HALF = 1.6;
const SPREAD = 0.6;

/** What moves an urgency or a priority, and by how much. */
export interface Push {
  points: number;
  reason: string;
}

export interface UrgencyEvidence {
  parsed: ParsedMessage;
  origin: MailOrigin;
  /** Whether it asks its reader for anything. */
  asks: boolean;
  due: DueDate | null;
  subjectWords: readonly string[];
  textWords: readonly string[];
  now: Date;
  timeZone: string;
}

/** How soon it wants attention, 0 to 1, with the reasons, strongest first; as sure as it is far from the middle. */
export function urgencyOf(pushes: readonly Push[]): { value: number; reasons: string[]; confidence: number } {
  const points = pushes.reduce((sum, push) => sum + push.points, 0);
  const value = 1 / (1 + Math.exp((HALF - points) / SPREAD));
  const reasons = pushes.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points)).map(({ reason }) => reason);
  return { value, reasons, confidence: Math.max(value, 1 - value) };
}

/** What words, header fields and dates say of how soon a mail wants attention. */
export function urgencyPushes(evidence: UrgencyEvidence): Push[] {
  return [...wordPushes(evidence), ...statedPushes(evidence), ...duePushes(evidence)];
}

function wordPushes({ subjectWords, textWords, origin, asks }: UrgencyEvidence): Push[] {
  const factor = origin === 'person' ? 1 : origin === 'list' ? LIST_DISCOUNT : BULK_DISCOUNT;
  const told = textWords.slice(0, TELLING_WORDS);
  const pushes: Push[] = [];
  const inSubject = URGENT.find(subjectWords)[0];
  const inText = URGENT.find(told)[0];
  const textPoints = inSubject ? 0.7 : asks ? 2.7 : 1;
  if (inSubject) pushes.push({ points: 2.2 * factor, reason: `the subject says "${inSubject.phrase}"` });
  if (inText) pushes.push({ points: textPoints * factor, reason: `the text says "${inText.phrase}"` });
  const outage = OUTAGE.find([...subjectWords, ...told])[0];
  if (outage) pushes.push({ points: 1.5 * factor, reason: `something does not work: "${outage.phrase}"` });
  return pushes;
}

function statedPushes({ parsed, origin }: UrgencyEvidence): Push[] {
  const stated = statedImportance(parsed);
  if (stated > 0) return [{ points: origin === 'bulk' ? 0.3 : 1.4, reason: 'the sender marked it as important' }];
  return stated < 0 ? [{ points: -1.2, reason: 'the sender marked it as unimportant' }] : [];
}

function duePushes({ due, now, timeZone, origin, asks }: UrgencyEvidence): Push[] {
  if (due === null || origin === 'bulk') return [];
  const factor = (origin === 'list' ? LIST_DISCOUNT : 1) * (asks ? 1 : 0.6);
  const reason = (when: string) => `due ${when} (${due.text})`;
  if (due.at <= nextWorkingDayEnd(now, timeZone))
    return [{ points: 2.7 * factor, reason: reason('by the next working day') }];
  const days = (due.at.getTime() - now.getTime()) / DAY;
  if (days <= 14) return [{ points: 1.5 * factor, reason: reason(`within ${Math.ceil(days)} days`) }];
  return days <= 60 ? [{ points: 1.3 * factor, reason: reason(`in ${Math.round(days / 7)} weeks`) }] : [];
}

/** Midnight after the next day from Monday to Friday, in the organization's zone. */
function nextWorkingDayEnd(now: Date, timeZone: string): Date {
  const offset = offsetIn(timeZone, now) * MINUTE;
  const day = Math.floor((now.getTime() + offset) / DAY);
  // 1 January 1970 was a Thursday.
  const weekday = (day + 4) % 7;
  const ahead = weekday === 5 ? 3 : weekday === 6 ? 2 : 1;
  return new Date((day + ahead + 1) * DAY - offset);
}

/** RFC 2156 Importance and the X-Priority of mail programs: 1 high, -1 low, 0 not stated. */
function statedImportance(parsed: ParsedMessage): number {
  const importance = (
    headerField(parsed, 'Importance') ??
    headerField(parsed, 'X-MSMail-Priority') ??
    ''
  ).toLowerCase();
  const priority = Number.parseInt(headerField(parsed, 'X-Priority') ?? '3', 10);
  if (importance === 'high' || priority === 1 || priority === 2) return 1;
  return importance === 'low' || priority === 4 || priority === 5 ? -1 : 0;
}
