import type { Entity, MailOrigin, MailType, Priority } from '../../domain/outcomes.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import { PhraseBook } from '../language/phrases.js';
import type { DueDate } from './due-date.js';
import { headerField } from './header-fields.js';

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
const HOUR = 3_600_000;
const LARGE_AMOUNT = 10_000;
const LARGE_CURRENCIES = new Set(['JPY', 'INR']);
/** A mass sender's `urgent` sells something. */
const BULK_DISCOUNT = 0.25;

export interface PriorityEvidence {
  parsed: ParsedMessage;
  origin: MailOrigin;
  type: MailType;
  sentiment: number;
  entities: readonly Entity[];
  due: DueDate | null;
  subjectWords: readonly string[];
  textWords: readonly string[];
  now: Date;
}

interface Push {
  points: number;
  reason: string;
}

/** A priority with the reasons that moved it, strongest first; `margin` tells how far the next step is. */
export function priorityOf(evidence: PriorityEvidence): { priority: Priority; reasons: string[]; margin: number } {
  const pushes = [...wordPushes(evidence), ...factPushes(evidence), ...originPushes(evidence)];
  const points = pushes.reduce((sum, push) => sum + push.points, 0);
  const reasons = pushes.sort((a, b) => Math.abs(b.points) - Math.abs(a.points)).map(({ reason }) => reason);
  const distance = Math.min(...LIMITS.map(({ least }) => Math.abs(points - least)));
  return { priority: LIMITS.find(({ least }) => points >= least)?.priority ?? 'low', reasons, margin: distance };
}

const LIMITS: readonly { priority: Priority; least: number }[] = [
  { priority: 'urgent', least: 2.6 },
  { priority: 'high', least: 1.2 },
  { priority: 'normal', least: -0.8 },
];

function wordPushes({ subjectWords, textWords, origin }: PriorityEvidence): Push[] {
  const factor = origin === 'bulk' ? BULK_DISCOUNT : 1;
  const told = textWords.slice(0, TELLING_WORDS);
  const pushes: Push[] = [];
  const inSubject = URGENT.find(subjectWords)[0];
  const inText = URGENT.find(told)[0];
  if (inSubject) pushes.push({ points: 2 * factor, reason: `the subject says "${inSubject.phrase}"` });
  if (inText) pushes.push({ points: (inSubject ? 0.7 : 1.3) * factor, reason: `the text says "${inText.phrase}"` });
  const outage = OUTAGE.find([...subjectWords, ...told])[0];
  if (outage) pushes.push({ points: 1.5 * factor, reason: `something does not work: "${outage.phrase}"` });
  return pushes;
}

function factPushes({ parsed, type, sentiment, entities, due, now, origin }: PriorityEvidence): Push[] {
  const pushes: Push[] = [];
  const stated = statedImportance(parsed);
  if (stated > 0) pushes.push({ points: origin === 'bulk' ? 0.3 : 1.4, reason: 'the sender marked it as important' });
  if (stated < 0) pushes.push({ points: -1.2, reason: 'the sender marked it as unimportant' });
  if (due !== null && origin !== 'bulk') {
    const hours = (due.at.getTime() - now.getTime()) / HOUR;
    if (hours <= 48) pushes.push({ points: 2, reason: `due within two days (${due.text})` });
    else if (hours <= 96) pushes.push({ points: 1.2, reason: `due within four days (${due.text})` });
    else if (hours <= 24 * 14) pushes.push({ points: 0.4, reason: `due within two weeks (${due.text})` });
  }
  if (type === 'complaint') pushes.push({ points: 1, reason: 'it is a complaint' });
  if (sentiment < -0.5 && origin === 'person') pushes.push({ points: 0.6, reason: 'its tone is negative' });
  const large = entities.find((entity) => entity.kind === 'amount' && isLarge(entity.value));
  if (large && origin !== 'bulk') pushes.push({ points: 0.5, reason: `it is about ${large.value}` });
  if (type === 'invoice' && origin !== 'bulk') pushes.push({ points: 0.3, reason: 'it is an invoice' });
  return pushes;
}

function originPushes({ origin, type }: PriorityEvidence): Push[] {
  switch (origin) {
    case 'bulk':
      return [{ points: type === 'notification' ? -0.9 : -1.6, reason: 'it is bulk mail' }];
    case 'list':
      return [{ points: -0.6, reason: 'it came over a mailing list' }];
    case 'autoReply':
      return [{ points: -1.5, reason: 'it is an automatic reply' }];
    case 'bounce':
      return [{ points: 0.4, reason: 'a message of yours was not delivered' }];
    case 'complaint':
      return [{ points: 0.4, reason: 'somebody complained about a message of yours' }];
    case 'receipt':
      return [{ points: -1.5, reason: 'it is a receipt' }];
    case 'person':
      return [];
  }
}

function isLarge(value: string): boolean {
  const [amount, currency = ''] = value.split(' ');
  return Number(amount) >= LARGE_AMOUNT * (LARGE_CURRENCIES.has(currency) ? 100 : 1);
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
