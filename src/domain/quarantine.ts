import type { Problem } from './problem.js';

/** An organization's choices for its quarantine. */
export interface QuarantineSettings {
  /** Hour of its day from which on the digests of that day are sent; null sends none. */
  digestHour: number | null;
  /** Days after which what nobody released is deleted; null keeps it. */
  retentionDays: number | null;
}

export const DEFAULT_QUARANTINE = { digestHour: null, retentionDays: 30 } satisfies QuarantineSettings;

const LONGEST_RETENTION_DAYS = 3_650;

export function quarantineProblems({ digestHour, retentionDays }: Partial<QuarantineSettings>): Problem[] {
  const problems: Problem[] = [];
  if (digestHour !== undefined && digestHour !== null && !isWhole(digestHour, 0, 23)) {
    problems.push({ field: 'digestHour', problem: 'must be a whole hour from 0 to 23' });
  }
  if (retentionDays !== undefined && retentionDays !== null && !isWhole(retentionDays, 1, LONGEST_RETENTION_DAYS)) {
    problems.push({ field: 'retentionDays', problem: `must be a whole number from 1 to ${LONGEST_RETENTION_DAYS}` });
  }
  return problems;
}

const isWhole = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;

/** A quarantined message as a digest lists it. */
export interface QuarantinedEntry {
  id: string;
  subject: string | null;
  from: string | null;
  fromName: string | null;
  reason: string | null;
  receivedAt: string;
}

export interface Digest {
  mailbox: string;
  entries: readonly QuarantinedEntry[];
  /** How many there are beside those. */
  more: number;
  timeZone: string;
  /** Page where a message is released, `{id}` standing for its id; null where there is none. */
  releaseUrl: string | null;
}

const LONGEST_LINE = 200;

/** What strangers wrote as it may stand in a mail of ours: one line that no program takes for a link or steers by. */
export function harmless(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    // Direction overrides, joiners and tags: what is shown must be what is there.
    .replace(/\p{Cf}/gu, '')
    .trim();
  const cut = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE).toWellFormed()}…` : line;
  return cut
    .replace(/\b(h)tt(ps?)\b/gi, '$1xx$2')
    .replaceAll('@', '[at]')
    .replace(/(?<=\S)\.(?=\S)/gu, '[.]');
}

export function digestSubject({ mailbox, entries, more }: Digest): string {
  const count = entries.length + more;
  return `Quarantine of ${harmless(mailbox)}: ${count} new ${count === 1 ? 'message' : 'messages'}`;
}

/** The digest as plain text and as HTML; neither holds a link, image or style of the messages that it lists. */
export function digestBody(digest: Digest): { text: string; html: string } {
  const { entries, more, mailbox } = digest;
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: digest.timeZone, dateStyle: 'medium', timeStyle: 'short' });
  const intro = `These messages to ${harmless(mailbox)} were quarantined. Nothing was delivered, and nobody was told.`;
  const release = 'releaseQuarantined of the API releases a message by its id; deleteQuarantined deletes it.';
  const rest = more > 0 ? [`And ${more} more.`] : [];
  const listed = entries.map((entry) => ({
    subject: harmless(entry.subject ?? '') || '(no subject)',
    from: `${harmless(entry.fromName ?? '')} <${harmless(entry.from ?? '')}>`.trim(),
    received: time.format(new Date(entry.receivedAt)),
    reason: harmless(entry.reason ?? 'no reason is recorded'),
    id: entry.id,
    url: digest.releaseUrl?.replaceAll('{id}', entry.id) ?? null,
  }));
  const text = [
    intro,
    '',
    ...listed.flatMap(({ subject, from, received, reason, id, url }) => [
      subject,
      `  from ${from}, ${received}`,
      `  why: ${reason}`,
      url === null ? `  id: ${id}` : `  release: ${url}`,
      '',
    ]),
    ...rest,
    release,
    '',
  ].join('\n');
  const rows = listed.map(
    ({ subject, from, received, reason, id, url }) =>
      `<tr><td><strong>${escaped(subject)}</strong><br>from ${escaped(from)}, ${escaped(received)}<br>why: ${escaped(reason)}<br>` +
      (url === null ? `id: ${escaped(id)}` : `<a href="${escaped(url)}">release</a>`) +
      '</td></tr>',
  );
  const paragraphs = [...rest, release].map((line) => `<p>${escaped(line)}</p>`);
  const html = `<!doctype html><html lang="en"><body><p>${escaped(intro)}</p><table>${rows.join('')}</table>${paragraphs.join('')}</body></html>`;
  return { text, html };
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
