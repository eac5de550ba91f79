import type { RefusedCommand } from './classify-reason.js';

const STATUS = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]|\d)/;
const REPLY = /(?<![\d.:/[-])([245][0-5]\d)(?=[\s:-])(?!\s*(?:bytes|kb|mb|days?|hours?|minutes?))/;

/** The first enhanced status code in a text (RFC 3463); null where there is none. */
export function statusIn(text: string): string | null {
  return STATUS.exec(text)?.[1] ?? null;
}

/** The first reply code of SMTP in a text (RFC 5321 4.2) that refuses something; null where there is none. */
export function replyIn(text: string): string | null {
  return REPLY.exec(text)?.[1] ?? null;
}

const COMMANDS: readonly (readonly [RefusedCommand, RegExp])[] = [
  [
    'data',
    /in reply to (?:end of )?data|after (?:end of data|data|pipelined (?:end of )?data|\.)|end of data|our (?:final )?data|for text command|\(data\)|\[data\]|>>> (?:data|\.)\s/i,
  ],
  [
    'rcpt',
    /in reply to rcpt|after rcpt|our rcpt to|rcpt command|\[rcpt[_ ]to\]|does not like recipient|>>> rcpt|rejected address/i,
  ],
  [
    'mail',
    /in reply to mail|after mail from|our mail from|mail command|\[mail[_ ]from\]|does not like sender|sender was rejected|>>> mail/i,
  ],
  [
    'connect',
    /in reply to (?:[he]{2}lo|initial|connect)|after (?:[he]{2}lo|initial connection)|our (?:[he]{2}lo|connection)|refused to talk to me|>>> [he]{2}lo/i,
  ],
];

/** The command that a text says was refused; null where it does not tell. */
export function refusedCommandIn(text: string): RefusedCommand | null {
  // A transcript: the last command before the refusal counts.
  const before = /^([\s\S]*?)<<< ?[45]\d\d/.exec(text)?.[1];
  const spoken = before?.match(/>>> ?\w+/g)?.at(-1);
  const place = spoken === undefined ? text : `${spoken} `;
  return COMMANDS.find(([, pattern]) => pattern.test(place))?.[0] ?? null;
}
