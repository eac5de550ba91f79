import type picocolors from 'picocolors';
import type { WatchedEvent } from './feed-client.js';

type Colors = ReturnType<typeof picocolors.createColors>;

export interface LineOptions {
  colors: Colors;
  /** Lines for stages and for steps that begin, too. */
  all: boolean;
}

const MESSAGE_WIDTH = 8;
const WHAT_WIDTH = 24;
const STATUS_WIDTH = 12;

/** One line for a person; null for an event that says nothing new to one. */
export function eventLine(event: WatchedEvent, subject: string | null, { colors, all }: LineOptions): string | null {
  const told = tell(event, all);
  if (told === null) return null;
  const { what, status, text } = told;
  const { durationMs, confidence } = event.payload;
  const columns = [
    colors.dim(clock(event.at)),
    // UUIDv7 begins with the time: its end tells messages apart.
    colors.cyan((event.messageId ?? '').slice(-MESSAGE_WIDTH).padEnd(MESSAGE_WIDTH)),
    what.padEnd(WHAT_WIDTH),
    colored(status, colors)(status.padEnd(STATUS_WIDTH)),
    colors.dim((typeof durationMs === 'number' ? `${durationMs.toFixed(durationMs < 10 ? 1 : 0)} ms` : '').padStart(9)),
    (typeof confidence === 'number' ? confidence.toFixed(2) : '').padStart(4),
    oneLine(text),
    subject === null ? '' : colors.dim(oneLine(subject)),
  ];
  return columns.join('  ').trimEnd();
}

interface Told {
  what: string;
  status: string;
  text: string;
}

function tell({ kind, payload }: WatchedEvent, all: boolean): Told | null {
  const text = (name: string) => asText(payload[name]);
  switch (kind) {
    case 'message.received':
      return { what: 'received', status: text('status'), text: `${size(payload['size'])} by ${text('source')}` };
    case 'run.started':
      return { what: `run ${text('runNumber')}`, status: text('status'), text: '' };
    case 'run.opened':
      return { what: `run ${text('runNumber')} opened`, status: text('status'), text: '' };
    case 'run.command':
      return { what: text('command'), status: '', text: `by ${text('by')}` };
    case 'run.ended':
      return { what: `run ${text('runNumber')} ended`, status: text('status'), text: text('reason') };
    case 'step.finished':
      return { what: `  ${text('step')}`, status: text('status'), text: explanation(payload) };
    case 'step.started':
      return all ? { what: `  ${text('step')}`, status: 'RUNNING', text: '' } : null;
    case 'stage.started':
      return all ? { what: text('stage'), status: '', text: text('steps') } : null;
    case 'stage.finished':
      return all ? { what: text('stage'), status: text('result'), text: '' } : null;
    case 'message.disposition':
      return { what: 'decided', status: text('disposition'), text: text('reason') };
    case 'message.status':
      // Others come with a line of their own: received, run started, run ended.
      return ['PAUSED', 'HELD'].includes(text('status')) || all
        ? { what: 'message', status: text('status'), text: '' }
        : null;
    default:
      return { what: kind, status: text('status'), text: text('kind') };
  }
}

/** Why a step fell short, else what it found. */
function explanation(payload: Record<string, unknown>): string {
  const error = asText(payload['error']);
  if (error !== '') return error;
  const found = asText(payload['findings']);
  return [found, payload['fromCache'] === true ? '(from an earlier identical message)' : ''].filter(Boolean).join(' ');
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(asText).join(', ') : JSON.stringify(value);
}

const KILO = 1024;
function size(bytes: unknown): string {
  if (typeof bytes !== 'number') return '';
  if (bytes < KILO) return `${bytes} bytes`;
  return bytes < KILO * KILO ? `${(bytes / KILO).toFixed(1)} KB` : `${(bytes / KILO / KILO).toFixed(1)} MB`;
}

function colored(status: string, colors: Colors): (text: string) => string {
  if (['DONE', 'DELIVERED', 'deliver', 'forward', 'done'].includes(status)) return colors.green;
  if (['DEGRADED', 'HELD', 'PAUSED', 'QUARANTINED', 'hold', 'quarantine'].includes(status)) return colors.yellow;
  if (['FAILED', 'REJECTED', 'reject', 'failed'].includes(status)) return colors.red;
  return colors.dim;
}

/** Local time of day. */
function clock(at: string): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** Subjects are a stranger's text: nothing in them may steer a terminal. */
function oneLine(text: string): string {
  return text.replace(CONTROL, ' ').slice(0, 120).trim();
}
