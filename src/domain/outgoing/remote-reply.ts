import type { DialogueStage, Reply } from '../onward.js';

/** What a server's reply says beyond yes and no. */
export interface RemoteAdvice {
  /** Whether it asks for less mail, or for later. */
  slower: boolean;
  /** Milliseconds that it says to wait; null: it does not say. */
  waitMs: number | null;
}

const GREYLISTING = /gr[ae]y-?list/i;
const ABOUT_RATE =
  /\brate\b|\bthrottl|too (?:many|much|fast)|slow(?:ing)? down|limit|exceeded|unusual|temporarily deferred|(?:messages|mails?|emails?) per|backing off|ip (?:block|reput)/i;
/** About one mailbox, whatever its words: `4.2.2 quota exceeded`. */
const ABOUT_MAILBOX = /^4\.(?:1|2)\./;
const UNIT_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };
const WAIT =
  /(?:in|after|for|wait|within)\s{1,3}(?:about\s)?(\d{1,5})\s{0,3}(s|m|h)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?)?\b/i;
const WAIT_CLOCK = /(?:in|after|for|wait)\s{1,3}(\d{1,2}):(\d{2}):(\d{2})\b/i;
/** What is worth waiting for a server that greylists and does not say how long. */
const GREYLIST_MS = 60_000;
const LONGEST_WAIT_MS = 24 * 3_600_000;
const READ = 1_000;

/** Whether a server asks for less, and how long to wait; not for what is said of one message for good. */
export function remoteAdvice(reply: Reply | null, stage: DialogueStage): RemoteAdvice {
  const code = reply?.code ?? null;
  if (reply === null || code === null) return { slower: false, waitMs: null };
  const text = reply.text.slice(0, READ);
  // A server that refuses us at the door does so for what we are or do, and not for a message.
  const atTheDoor = stage === 'connect' || stage === 'session';
  if (code < 400 || (code >= 500 && !atTheDoor)) return { slower: false, waitMs: null };
  if (GREYLISTING.test(text)) return { slower: false, waitMs: waitOf(text) ?? GREYLIST_MS };
  const slower =
    code === 421 ||
    atTheDoor ||
    reply.enhanced?.startsWith('4.7.') === true ||
    reply.enhanced === '4.3.2' ||
    (ABOUT_RATE.test(text) && !(reply.enhanced !== null && ABOUT_MAILBOX.test(reply.enhanced)));
  return { slower, waitMs: waitOf(text) };
}

function waitOf(text: string): number | null {
  const clock = WAIT_CLOCK.exec(text);
  const [, amount, unit] = WAIT.exec(text) ?? [];
  const wait =
    clock !== null
      ? Number(clock[1]) * 3_600_000 + Number(clock[2]) * 60_000 + Number(clock[3]) * 1_000
      : Number(amount ?? 0) * (UNIT_MS[unit?.toLowerCase() ?? ''] ?? 0);
  return wait > 0 ? Math.min(wait, LONGEST_WAIT_MS) : null;
}

/** A reply for all who send there: whose mail it was about is nobody else's business. */
export function withoutAddresses(text: string): string {
  return text.slice(0, READ).replace(/[^\s<>@]{1,320}@[^\s<>@]{1,255}/g, '…');
}

/** How servers name the message that they took; the first that fits is taken. Each reads a bounded piece. */
const QUEUE_IDS: readonly RegExp[] = [
  // Postfix: 2.0.0 Ok: queued as 4X1Y2Z3ABC; also Haraka, Halon, ZoneMTA, OpenSMTPD's cousins.
  /\bqueued (?:as|id)[ :=]{1,3}<?([\w.@+/-]{4,100})/i,
  // Exim: OK id=1rABCD-000000001Ab-2CdE
  /\bid[=:]\s?<?([\w.@+/-]{4,100})/i,
  // Exchange: 2.6.0 <id@host> [InternalId=123, Hostname=...] Queued mail for delivery
  /\[?InternalId=(\d{3,30})/i,
  // Outlook.com: 2.0.0 OK <id@host.prod.outlook.com> [Hostname=...]
  /^250[ -](?:2\.\d\.\d )?(?:ok )?<([^<>\s]{4,120})>/i,
  // Sendmail: 2.0.0 3A1B2C3D012345 Message accepted for delivery; OpenSMTPD: 2.0.0 1a2b3c4d Message accepted
  /^250[ -]2\.0\.0 ([\da-z-]{6,40}) Message accepted/i,
  // Gmail: 2.0.0 OK  1700000000 a1-20020a05600c00b00123456789abcdef.12 - gsmtp
  /^250[ -]2\.0\.0 OK\s{1,3}\d{6,12} ([\w.-]{6,100}) - gsmtp/i,
  // qmail: ok 1700000000 qp 12345
  /^250[ -](?:2\.\d\.\d )?ok \d{6,12} (qp \d{1,10})\b/i,
  // Dovecot LMTP: 2.0.0 <user@example.org> AbCdEf0123 Saved
  /^250[ -]2\.0\.0 <[^<>\s]{1,320}> ([\w+/-]{6,40}) Saved/i,
  // Amazon SES: Ok 0100018b5c3c0a4f-...
  /^250[ -](?:2\.\d\.\d )?ok ([\da-f]{8,24}(?:-[\da-f]{2,16}){2,8})$/i,
];

/** What a server calls the message, from its reply to the data; null where it names nothing. */
export function remoteQueueId(reply: Reply | null): string | null {
  if (reply === null || reply.code !== 250) return null;
  const text = reply.text.slice(0, READ);
  const dovecot = QUEUE_IDS.at(-2)!.exec(text)?.[1];
  if (dovecot !== undefined) return dovecot;
  for (const form of QUEUE_IDS) {
    const id = form.exec(text)?.[1]?.replace(/[.,;:]+$/, '');
    if (id !== undefined) return id;
  }
  return null;
}
