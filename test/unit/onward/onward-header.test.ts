import { describe, expect, test } from 'vitest';
import { onwardHeader, type OnwardFacts } from '../../../src/engines/onward/onward-header.js';
import { splitHeader } from '../../../src/engines/onward/split-header.js';

const facts: OnwardFacts = {
  messageId: '0198c0de-0000-7000-8000-000000000001',
  trace: 'Received: from a by mx.example.org\r\n id 1; Fri, 20 Nov 2026 10:00:00 +0000\r\n',
  authenticationResults: {
    authservId: 'mx.example.org',
    field: 'Authentication-Results: mx.example.org; spf=pass\r\n',
  },
  spam: { score: 0.123456, verdict: 'ham' },
  threatLevel: 'info',
};
const header = (text: string) => onwardHeader(Buffer.from(text, 'latin1'), facts);

describe('the header section that goes onward', () => {
  test('begins with our trace and verdicts and keeps every other byte', () => {
    const received = 'Received: from x\r\n by y\r\nSubject:  two  spaces\t\r\nX-Other: \xe9\x80\r\n';
    const { bytes, receivedFields } = header(received);
    expect(bytes.toString('latin1')).toBe(
      `${facts.trace}Authentication-Results: mx.example.org; spf=pass\r\nX-Everpost-Trace: ${facts.messageId}\r\n` +
        `X-Everpost-Spam-Score: 0.1235\r\nX-Everpost-Spam-Verdict: ham\r\nX-Everpost-Threat-Level: info\r\n${received}`,
    );
    expect(receivedFields).toBe(1);
  });

  test('loses what claims to be our verdict, however it is written', () => {
    const forged = [
      'X-Everpost-Spam-Verdict: ham\r\n',
      'x-EVERPOST-spam-score : 0\r\n',
      'X-Everpost-Threat-Level:\r\n none,\r\n folded\r\n',
      'Authentication-Results: mx.example.org; dmarc=pass\r\n',
      'Authentication-Results: (c) MX.example.org. 1; dmarc=pass\r\n',
    ];
    for (const field of forged) {
      const { bytes } = header(`Subject: a\r\n${field}To: b\r\n`);
      const kept = bytes.toString('latin1').split('X-Everpost-Threat-Level: info\r\n')[1];
      expect(kept, field).toBe('Subject: a\r\nTo: b\r\n');
    }
  });

  test('hides no field behind a bare CR or LF, which become line ends on the wire', () => {
    for (const end of ['\r', '\n']) {
      const { bytes } = header(`Subject: a${end}X-Everpost-Spam-Score: 0${end}To: b\r\n`);
      expect(bytes.toString('latin1')).toContain('Subject: a\r\nTo: b\r\n');
    }
  });

  test('keeps the results of others, and the traces of where it was', () => {
    const other = 'Authentication-Results: other.example; spf=fail\r\n';
    const earlier = '0198c0de-0000-7000-8000-000000000002';
    const { bytes, traces } = header(`${other}X-Everpost-Trace: ${earlier}\r\nX-Everpost-Trace: ../etc\r\n`);
    expect(bytes.toString('latin1')).toContain(other);
    expect(traces).toEqual([earlier]);
  });
});

describe('a message', () => {
  async function* inPieces(text: string, size: number) {
    for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size), 'latin1');
  }
  const splitAt = async (text: string, size: number) => {
    const { header: head, body } = await splitHeader(inPieces(text, size));
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return [head.toString('latin1'), Buffer.concat(chunks).toString('latin1')];
  };

  test.each([
    ['Subject: a\r\n\r\nbody\r\n\r\nmore', 'Subject: a\r\n', 'body\r\n\r\nmore'],
    ['Subject: a\r\nTo: b\r\n', 'Subject: a\r\nTo: b\r\n', ''],
    ['\r\nbody', '', 'body'],
    ['Subject: a\n\nbody', 'Subject: a\n', 'body'],
    ['Subject: a\r\rbody', 'Subject: a\r', 'body'],
    ['', '', ''],
    ['Subject: a\r\n\r\n', 'Subject: a\r\n', ''],
  ])('is split at its first empty line, in pieces of any size: %j', async (text, head, body) => {
    for (let size = 1; size <= text.length + 1; size++) expect(await splitAt(text, size)).toEqual([head, body]);
  });
});
