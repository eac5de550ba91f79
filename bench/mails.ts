import { v7 as uuidv7 } from 'uuid';

const SUBJECTS = ['Order', 'Question about invoice', 'Meeting on', 'Offer', 'Delivery', 'Application', 'Broken pump'];
const NAMES = ['Ada Lovelace', 'Grace Hopper', 'Konrad Zuse', 'Émilie du Châtelet', 'Alan Turing', 'Mary Somerville'];
const SENTENCES = [
  'Could you please send me the figures by Tuesday?',
  'We have received your order and will ship it on 24 November 2026.',
  'The total is 1,249.50 EUR, payable within 14 days.',
  'Please call me at +49 30 123456 or write to info@sender.example.',
  'Unfortunately the last delivery was incomplete, and our customers are disappointed.',
  'Let us meet in Berlin on Friday at 10:00 to talk about the contract.',
  'The attached report shows what was done in the third quarter.',
  'More on this is at https://www.sender.example/reports/2026?id=42.',
  'Thank you very much for your help, it made all the difference.',
  'Our team of twelve has looked into the matter and found the cause in the second pump.',
];

/** A generator of ordinary mails that repeats itself from run to run (mulberry32) and never within one. */
export function* ordinaryMails(count: number, bytes: number, seed = 1): Generator<Buffer> {
  const random = mulberry32(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  for (let number = 0; number < count; number++) {
    const name = pick(NAMES);
    const address = `${name
      .split(' ')[0]!
      .normalize('NFD')
      .replace(/[^a-z]/gi, '')
      .toLowerCase()}${number}@sender.example`;
    const head = [
      `From: =?utf-8?B?${Buffer.from(name).toString('base64')}?= <${address}>`,
      'To: team@example.org',
      `Subject: ${pick(SUBJECTS)} ${Math.floor(random() * 1e6)}`,
      'Date: Fri, 20 Nov 2026 10:00:00 +0100',
      `Message-ID: <${uuidv7()}@sender.example>`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      '',
    ].join('\r\n');
    const lines = [`Dear colleagues, this is number ${number} (${random().toString(36).slice(2)}).`, ''];
    let length = head.length;
    while (length < bytes) {
      const paragraph = [pick(SENTENCES), pick(SENTENCES), pick(SENTENCES)].join(' ');
      lines.push(paragraph, '');
      length += paragraph.length + 4;
    }
    lines.push('Kind regards', name, '');
    yield Buffer.from(head + lines.join('\r\n'));
  }
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
