import { EVENT_KINDS } from './events.js';
import type { Json } from './json.js';
import { isLine, type Problem } from './problem.js';

export const WEBHOOK_DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED'] as const;
/** `FAILED`: a dead letter. */
export type WebhookDeliveryStatus = (typeof WEBHOOK_DELIVERY_STATUSES)[number];

export const WEBHOOK_DISABLED_REASONS = ['PERSON', 'GONE', 'FAILING'] as const;
export type WebhookDisabledReason = (typeof WEBHOOK_DISABLED_REASONS)[number];

export const WEBHOOK_REPLAYS = ['FAILED', 'ALL'] as const;
/** What is sent again: dead letters alone, or every event that the webhook wants. */
export type WebhookReplay = (typeof WEBHOOK_REPLAYS)[number];

export const WEBHOOK_WORKFLOW = 'webhookDelivery';

export interface WebhookInput {
  organizationId: string;
  webhookId: string;
}

/** One workflow a webhook at a time: it ends when nothing waits, and the next event starts it again. */
export const webhookWorkflowId = ({ webhookId }: WebhookInput) => `webhook-${webhookId}`;

/** What a round of deliveries leaves to be done; null: nothing, the workflow ends. */
export interface WebhookRound {
  delivered: number;
  failed: number;
  nextInMs: number | null;
}

/** How webhooks are delivered: EVERPOST_WEBHOOK_*. */
export interface WebhookSettings {
  /** Milliseconds between attempts; the last repeats until `giveUpMs` after the first. */
  retriesMs: readonly number[];
  giveUpMs: number;
  timeoutMs: number;
  /** An endpoint that has failed for so long, without one success, is disabled. */
  disableAfterMs: number;
  /** Whether endpoints may be on loopback and private networks, and may be asked by http. */
  privateNetworks: boolean;
}

/** Sent by testWebhook alone; it stands in no feed. */
export const TEST_EVENT = 'webhook.test';

export interface WebhookDraft {
  url: string;
  description: string;
  events: readonly string[];
}

export const MOST_WEBHOOKS = 50;
const LONGEST_URL = 2_000;
const MOST_EVENTS = 50;
const WILDCARD = /^([\w-]+)\.\*$/;

/** Whether a webhook for `patterns` wants events of a kind: `*`, all of a subject (`message.*`), or the kind itself. */
export function wantsEvent(patterns: readonly string[], kind: string): boolean {
  return patterns.some((pattern) => {
    const subject = WILDCARD.exec(pattern)?.[1];
    return pattern === '*' || pattern === kind || (subject !== undefined && kind.split('.')[0] === subject);
  });
}

/** What is wrong with a webhook as a person wants it. Where its host is, is looked at whenever it is connected to. */
export function webhookProblems({ url, description, events }: WebhookDraft, privateNetworks: boolean): Problem[] {
  const problems: Problem[] = [];
  const urlProblem = problemOfUrl(url, privateNetworks);
  if (urlProblem !== null) problems.push({ field: 'url', problem: urlProblem });
  if (description !== '' && !isLine(description, 200)) {
    problems.push({ field: 'description', problem: 'must be a line of at most 200 characters' });
  }
  if (events.length === 0 || events.length > MOST_EVENTS) {
    problems.push({ field: 'events', problem: `must be 1 to ${MOST_EVENTS}, for example ["message.*"]` });
  }
  events.forEach((pattern, index) => {
    if (!EVENT_KINDS.some((kind) => wantsEvent([pattern], kind))) {
      problems.push({
        field: `events[${index}]`,
        problem: 'is no kind of event, nor `*` or `message.*`: docs/webhooks.md lists them',
      });
    }
  });
  return problems;
}

function problemOfUrl(text: string, privateNetworks: boolean): string | null {
  if (!isLine(text, LONGEST_URL) || !URL.canParse(text)) return `must be a URL of at most ${LONGEST_URL} characters`;
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(privateNetworks && url.protocol === 'http:')) {
    return 'must begin with https:// (EVERPOST_WEBHOOK_PRIVATE_NETWORKS=true allows http:// too)';
  }
  if (url.username !== '' || url.password !== '') return 'must not name a user or a password: requests are signed';
  return url.hash === '' ? null : 'must have no fragment';
}

/** A URL for people and the audit trail: its query may be a secret of its owner. */
export function shownUrl(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}

/** What an endpoint answered, or what stands for it where it did not. */
export interface WebhookAnswer {
  /** HTTP status; null where none came. */
  code: number | null;
  /** The beginning of the body, or the reason why none came. */
  text: string;
  /** Header, as it came. */
  retryAfter: string | null;
}

export type WebhookOutcome =
  | { result: 'delivered' }
  /** 410: the endpoint is gone for good. */
  | { result: 'gone' }
  /** Tried again. `endpoint`: it fails as a whole, other events would fare no better. */
  | { result: 'refused'; endpoint: boolean; notBefore: number };

const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** Statuses by which an endpoint speaks of one event, not of itself. */
const ABOUT_THE_EVENT = [400, 406, 409, 411, 412, 413, 415, 422];

/** What an answer means for the event (Standard Webhooks: any 2xx has taken it, redirects are not followed). */
export function classifyAnswer({ code, retryAfter }: WebhookAnswer, now: number): WebhookOutcome {
  if (code !== null && code >= 200 && code < 300) return { result: 'delivered' };
  if (code === 410) return { result: 'gone' };
  const endpoint = code === null || !ABOUT_THE_EVENT.includes(code);
  return { result: 'refused', endpoint, notBefore: now + retryAfterMs(retryAfter, now) };
}

/** RFC 9110 10.2.3: seconds or a date; 0 for what is neither. A day at most. */
export function retryAfterMs(value: string | null, now: number): number {
  if (value === null) return 0;
  const text = value.trim();
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS) : 0;
}

export interface WebhookEvent {
  kind: string;
  at: string;
  messageId: string | null;
  position: number;
  /** Null: it is too large to be sent. */
  payload: Json;
}

/** Of a payload in the database; a larger one is left out, the receiver asks the API. */
export const MOST_PAYLOAD_BYTES = 64 * 1024;

/** The body of a request. What the feed's payload says goes before nothing of ours: its ids cannot be forged by a field. */
export function webhookBody({ kind, at, messageId, position, payload }: WebhookEvent): string {
  const fields = payload !== null && typeof payload === 'object' && !Array.isArray(payload) ? payload : {};
  const more = payload === null ? { truncated: true } : {};
  return JSON.stringify({ type: kind, timestamp: at, data: { ...fields, ...more, messageId, position } });
}
