import { type ByteRange, findForeignResults } from '../../domain/foreign-results.js';
import type { Authentication, AuthResult, DkimResult } from '../../domain/outcomes.js';

/** What may stand without quotes: less than a token of RFC 2045, as readers of this field are easily confused. */
const TOKEN = /^[\w.+-]{1,255}$/;
const MAX_VALUE = 255;
const MAX_REASON = 120;
/** RFC 5322 2.1.1: what lines should not be longer than. */
const LINE = 78;

/**
 * The Authentication-Results field (RFC 8601) of what was found, folded, its line end included. What was not checked
 * is not mentioned; where nothing was, it says `none`.
 *
 * @param authservId the name in which we answer, EVERPOST_SMTP_HOSTNAME
 */
export function renderAuthenticationResults(authentication: Authentication, authservId: string): string {
  const { spf, dkim, dmarc, arc, client } = authentication;
  const resinfos = [
    ...(said(spf.result)
      ? [resinfo('spf', spf.result, null, [[`smtp.${(spf.identity ?? 'mailFrom').toLowerCase()}`, spf.domain]])]
      : []),
    ...dkim.filter(({ result }) => said(result)).map(dkimInfo),
    ...(dkim.length === 0 && (said(spf.result) || said(dmarc.result)) ? [['dkim=none']] : []),
    ...(said(dmarc.result)
      ? [
          resinfo('dmarc', dmarc.result, null, [
            ['policy.dmarc', dmarc.policy],
            ['header.from', dmarc.domain],
          ]),
        ]
      : []),
    ...(said(arc.result) ? [resinfo('arc', arc.result, null, [['smtp.remote-ip', client?.address ?? null]])] : []),
  ];
  const parts = resinfos.length === 0 ? [['none']] : resinfos;
  const lines = [`Authentication-Results: ${value(authservId)};`];
  for (const [at, words] of parts.entries()) {
    const end = at === parts.length - 1 ? '' : ';';
    fold(words.map((word, index) => (index === words.length - 1 ? word + end : word))).forEach((line) =>
      lines.push(line),
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}

/**
 * The message without Authentication-Results fields that claim to be ours (RFC 8601 5). Only the header section is
 * touched; all other bytes are as they were.
 */
export function withoutForeignResults(bytes: Buffer, authservId: string): Buffer {
  const { ranges } = findForeignResults(bytes, authservId);
  return ranges.length === 0 ? bytes : Buffer.concat(kept(bytes, ranges));
}

function kept(bytes: Buffer, ranges: readonly ByteRange[]): Buffer[] {
  const pieces: Buffer[] = [];
  let position = 0;
  for (const { start, end } of ranges) {
    pieces.push(bytes.subarray(position, start));
    position = end;
  }
  pieces.push(bytes.subarray(position));
  return pieces;
}

function dkimInfo(signature: DkimResult): string[] {
  return resinfo('dkim', signature.result, signature.result === 'pass' ? null : (signature.reason ?? null), [
    ['header.d', signature.domain],
    ['header.s', signature.selector],
    ['header.a', signature.algorithm],
  ]);
}

const said = (result: AuthResult): boolean => result !== 'skipped';

function resinfo(
  method: string,
  result: AuthResult,
  reason: string | null,
  properties: [string, string | null][],
): string[] {
  const words = [`${method}=${result}`];
  if (reason !== null && reason !== '') words.push(`reason=${quotedString(reason, MAX_REASON)}`);
  for (const [name, text] of properties) if (text !== null && text !== '') words.push(`${name}=${value(text)}`);
  return words;
}

/** What a stranger wrote, as a token or a quoted string: it can end neither the field nor its result. */
function value(text: string): string {
  return TOKEN.test(text) ? text : quotedString(text, MAX_VALUE);
}

/** Without what readers that know no quotes would split it at. */
function quotedString(text: string, most: number): string {
  return `"${text.slice(0, most).replace(/[^\x20-\x7e]|["'\\;()]/g, '?')}"`;
}

function fold(words: readonly string[]): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > LINE) {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  lines.push(line);
  return lines;
}
