import type { StoredVector } from '../../domain/embedding.js';
import type { LearnedMail } from '../../domain/learning-task.js';
import type { MailOrigin } from '../../domain/outcomes.js';
import type { FeatureSource } from './text-features.js';

const LONGEST_FACT = 120;
const MOST_HOSTS = 8;
const MOST_FILES = 8;
const MOST_RECIPIENTS = 5;
const MOST_DOMAINS = 5;
/** `Re:`, `Fwd:` and what other languages write for them. */
const PREFIX = /^\s{0,5}(re|aw|antw|sv|fwd?|wg|tr|rv)\s{0,3}:/i;
const ANSWERS: readonly string[] = ['re', 'aw', 'antw', 'sv'];
/** What lists and ticket systems put before a subject. */
const TAG = /\[([^[\]]{1,40})\]/;
const FORWARD_CHARACTERS = 8_000;
const FORWARDED = /^-{2,12} ?(?:original message|forwarded (?:by|message))/im;

/** What learning reads of a mail: subject and new text, who sent it by which way, what it carries and links to. */
export function mailFeatureSource(
  parsed: LearnedMail,
  origin: MailOrigin,
  meaning: StoredVector | null = null,
): FeatureSource {
  const named = [`origin:${origin}`];
  const sender = parsed.from[0]?.address.toLowerCase();
  if (sender !== undefined && sender !== '') {
    named.push(`from:${sender}`, `fromDomain:${domainOf(sender)}`);
  }
  if (parsed.listId !== null) named.push(`list:${parsed.listId.toLowerCase()}`);
  const hosts = new Set(parsed.links.map(({ host }) => host).filter((host) => host !== null));
  for (const host of [...hosts].slice(0, MOST_HOSTS)) named.push(`link:${host}`);
  const types = new Set(parsed.attachments.map(({ contentType }) => contentType.toLowerCase()));
  for (const type of [...types].slice(0, MOST_FILES)) named.push(`file:${type}`);
  named.push(...recipientFacts(parsed), ...formFacts(parsed));
  return {
    subject: parsed.subject,
    text: parsed.newText,
    named: named.map((fact) => fact.slice(0, LONGEST_FACT)),
    meaning,
  };
}

/** To how many and to whom: an alias, a list and colleagues alone are written to for different things. */
function recipientFacts({ from: [author], to, cc }: LearnedMail): string[] {
  const count = to.length + cc.length;
  const domains = new Set([...to, ...cc].map(({ address }) => domainOf(address.toLowerCase())));
  const inside = author !== undefined && domains.has(domainOf(author.address.toLowerCase()));
  return [
    `recipients:${count > 10 ? 'many' : count > 3 ? 'some' : count}`,
    inside ? 'inside' : 'outside',
    ...to.slice(0, MOST_RECIPIENTS).map(({ address }) => `to:${address.toLowerCase()}`),
    ...[...domains].slice(0, MOST_DOMAINS).map((domain) => `toDomain:${domain}`),
  ];
}

/** Whether it answers or forwards, what its subject is tagged with, how long it is. */
function formFacts({ subject, newText }: LearnedMail): string[] {
  const prefix = PREFIX.exec(subject)?.[1]?.toLowerCase();
  const kind = prefix === undefined ? 'none' : ANSWERS.includes(prefix) ? 'answer' : 'forward';
  const tag = TAG.exec(subject)?.[1]?.toLowerCase();
  return [
    `prefix:${kind}`,
    `length:${Math.round(Math.log2(1 + newText.length))}`,
    ...(tag === undefined ? [] : [`tag:${tag}`]),
    ...(FORWARDED.test(newText.slice(0, FORWARD_CHARACTERS)) ? ['forwarded'] : []),
  ];
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
