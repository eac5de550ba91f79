import { describe, expect, it } from 'vitest';
import { splitSignature } from '../../../src/engines/language/signature-block.js';

const SENDER = { name: 'Lena Ott', address: 'lena.ott@harbour.example' };

describe('a signature without a delimiter', () => {
  it.each([
    ['Can you send it?\n\nThanks,\nLena', 'Can you send it?', 'Thanks,\nLena'],
    ['Das passt.\n\nMit freundlichen Grüßen\nLena Ott\nHarbour GmbH\nTel. +49 40 123456', 'Das passt.', null],
    ['Merci pour tout.\n\nCordialement,\nLena', 'Merci pour tout.', 'Cordialement,\nLena'],
    ['We leave at noon.\n\nLena Ott\nHead of Sales\nlena.ott@harbour.example', 'We leave at noon.', null],
    ['See the page\n\nSent from my phone', 'See the page', 'Sent from my phone'],
  ])('is told from %j', (text, body, signature) => {
    const split = splitSignature(text, SENDER);
    expect(split.body).toBe(body);
    expect(split.signature).toBe(signature ?? text.slice(body.length).trim());
  });

  it.each([
    'Thanks,\nLena', // all that it says
    'We meet at the port. Lena will be there and brings the keys.',
    'The plan:\n- Hamburg\n- Bremen',
    'All is on the page:\n\nhttps://harbour.example/plan',
    '',
  ])('is not seen in %j', (text) => {
    expect(splitSignature(text, SENDER)).toEqual({ body: text, signature: null });
  });

  it('takes time in step with a hostile text', () => {
    const lines = Array.from({ length: 60_000 }, () => 'Best regards regards Lena +49 40 ((((').join('\n');
    expect(splitSignature(lines, SENDER).body.length).toBeGreaterThan(lines.length - 5_000);
    expect(splitSignature(`a\n${'best '.repeat(50_000)}`, SENDER).signature).toBeNull();
  });
});
