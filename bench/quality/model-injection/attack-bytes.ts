import type { AttackMail } from './attack-mails.js';

const encoded = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

/** An attack as a mail on the wire, CRLF at its line ends; its body in base64, so that it carries any character. */
export function attackBytes({ name, subject, from, text, html }: AttackMail, to = 'team@example.org'): Buffer {
  const body = Buffer.from(html ?? text ?? '').toString('base64');
  const [, display = '', address = ''] =
    /^"([^"]*)" <([^>]+)>$/.exec(from ?? '"Ada Lovelace" <ada@sender.example>') ?? [];
  const words = (phrase: string) => (phrase.match(/[^]{1,30}/gu) ?? []).map(encoded).join('\r\n ');
  return Buffer.from(
    [
      `From: ${words(display)} <${address}>`,
      `To: ${to}`,
      `Subject: ${words(subject)}`,
      'Date: Fri, 20 Nov 2026 10:00:00 +0000',
      `Message-ID: <${Buffer.from(`${name} ${subject}`).toString('hex').slice(0, 60)}@sender.example>`,
      'MIME-Version: 1.0',
      `Content-Type: text/${html === undefined ? 'plain' : 'html'}; charset=utf-8`,
      'Content-Transfer-Encoding: base64',
      '',
      ...(body.match(/.{1,76}/g) ?? []),
      '',
    ].join('\r\n'),
  );
}
