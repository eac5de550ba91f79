import { describe, expect, it } from 'vitest';
import type { ParsedMessage } from '../../../src/domain/parsed-message.js';
import { mailOrigin } from '../../../src/engines/content/mail-origin.js';
import { address, attachment, link, parsedMessage } from '../../support/parsed-message.js';

const header = (name: string, value: string) => ({ name, value });
const originOf = (fields: Partial<ParsedMessage>, mailFrom = 'jane.doe@example.net') =>
  mailOrigin(parsedMessage(fields), { mailFrom });

describe('who wrote a message', () => {
  it('is a person where nothing says otherwise', () => {
    expect(originOf({ subject: 'Lunch?', newText: 'Are you free at noon?' })).toBe('person');
  });

  it('is a mail server for a delivery report (RFC 3464)', () => {
    const report = 'multipart/report; report-type=delivery-status; boundary=x';
    expect(originOf({ headers: [header('Content-Type', report)] })).toBe('bounce');
    expect(originOf({ attachments: [attachment({ contentType: 'message/delivery-status' })] })).toBe('bounce');
  });

  it('is a mail server for a report of an older kind, by its sender or null sender and its subject', () => {
    const from = [address('MAILER-DAEMON@mx.example.net', 'Mail Delivery Subsystem')];
    expect(originOf({ from, subject: 'Returned mail: User unknown' })).toBe('bounce');
    expect(originOf({ subject: 'Unzustellbar: Angebot' }, '')).toBe('bounce');
    expect(originOf({ subject: 'Why is my mail undeliverable?' })).toBe('person');
  });

  it('is an auto-reply by its header fields or its subject, but not for an answer to one', () => {
    expect(originOf({ autoSubmitted: 'auto-replied (vacation)' })).toBe('autoReply');
    expect(originOf({ headers: [header('X-Autoreply', 'yes')] })).toBe('autoReply');
    expect(originOf({ subject: 'Automatic reply: Contract' })).toBe('autoReply');
    expect(originOf({ subject: 'Abwesenheitsnotiz: Vertrag' }, '')).toBe('autoReply');
    expect(originOf({ subject: 'Re: Automatic reply: Contract' })).toBe('person');
  });

  it('is a list where people can post, and bulk where they can only unsubscribe', () => {
    const leave = header('List-Unsubscribe', '<mailto:leave@lists.example.net>');
    expect(originOf({ listId: 'dev.lists.example.net' })).toBe('list');
    expect(
      originOf({
        listId: 'dev.lists.example.net',
        headers: [leave, header('List-Post', '<mailto:dev@lists.example.net>')],
      }),
    ).toBe('list');
    expect(originOf({ listId: 'news.shop.example', headers: [leave] })).toBe('bulk');
    expect(originOf({ headers: [header('Precedence', 'bulk')] })).toBe('bulk');
    expect(originOf({ autoSubmitted: 'auto-generated' })).toBe('bulk');
  });

  it('is bulk where many links come with a way to unsubscribe in the text', () => {
    const links = [1, 2, 3, 4, 5].map((page) => link(`https://shop.example/${page}`));
    expect(originOf({ links, text: 'Buy this! Click here to unsubscribe.' })).toBe('bulk');
    expect(originOf({ links, text: 'See these five pages.' })).toBe('person');
  });
});
