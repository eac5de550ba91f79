import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SmtpSession } from '../../../src/domain/parsed-message.js';
import { authenticate } from '../../../src/engines/authentication/authenticate.js';
import { type CaseResult, notApplicable, right, wrong } from './cases.js';

interface Spoof {
  id: string;
  helo: string;
  mailFrom: string;
  fields: { from: string; to: string; subject: string; others: string; body: string };
  dkim: { domain: string; selector: string; signs: string } | null;
}

/** Where the attacker sends from, and a mail service that the attacker has an account at. */
const ATTACKER = '198.41.0.4';
const SERVICE = '192.88.100.7';
const NOW = new Date('2026-11-20T10:00:00Z');

const OWN_DOMAIN: Readonly<Record<string, string>> = {
  client_a2:
    'both authors are of the domain that the service signs for; who may write as whom there is for the service to see',
  client_a3:
    'the spoofed author is of the domain that the service signs for; who may write as whom there is for the service to see',
};

/** Spoofed mails of espoofer, sent by their attacker: none of them may pass as what a reader could take it for. */
export async function espooferCases(data: string): Promise<CaseResult[]> {
  const spoofs = readSpoofs(await readFile(join(data, 'espoofer', 'testcases.py'), 'latin1'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const dns = zoneOf(privateKey);
  const results: CaseResult[] = [];
  for (const spoof of [control(), ...spoofs]) {
    const why = OWN_DOMAIN[spoof.id];
    if (why !== undefined) {
      results.push(notApplicable(spoof.id, why));
      continue;
    }
    const bytes = Buffer.from(messageOf(spoof, privateKey), 'latin1');
    const { authentication } = await authenticate(bytes, sessionOf(spoof), {
      dns,
      deadlineMs: 5_000,
      authservId: 'mx.example.org',
      isTrusted: () => false,
      now: NOW,
    });
    const { dmarc } = authentication;
    if (spoof.id === CONTROL) {
      const passed = dmarc.result === 'pass' && authentication.dkim[0]?.result === 'pass';
      results.push(
        passed ? right(CONTROL) : wrong(CONTROL, `DMARC ${dmarc.result}, DKIM ${authentication.dkim[0]?.result}`),
      );
      continue;
    }
    const spoofed = spoof.id.startsWith('client') ? 'example.com' : 'legitimate.com';
    const passes =
      dmarc.result === 'pass' || authentication.dkim.some((s) => s.result === 'pass' && s.domain === spoofed);
    results.push(passes ? wrong(spoof.id, `passes as ${dmarc.domain}`) : right(spoof.id));
  }
  return results;
}

const CONTROL = "control: the attacker's own mail, which passes";

/** Without a spoof in it all that is set up here does pass. */
function control(): Spoof {
  const from = 'From: <any@attack.com>';
  return {
    id: CONTROL,
    helo: 'attack.com',
    mailFrom: '<any@attack.com>',
    fields: {
      from: `${from}\r\n`,
      to: 'To: <v@victim.com>\r\n',
      subject: 'Subject: hi\r\n',
      others: '\r\n',
      body: 'Hi\r\n',
    },
    dkim: { domain: 'attack.com', selector: 'selector', signs: from },
  };
}

/** The zones of attacker, victim and service: all that DNS can say for each of them. */
function zoneOf(privateKey: KeyObject) {
  const key = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  const spf = `v=spf1 ip4:${ATTACKER} -all`;
  return (name: string, rrtype: string): Promise<string[][]> => {
    if (rrtype === 'TXT') {
      // The attacker answers whatever is asked below attack.com, as a resolver that stops at a NUL would ask it.
      const asked = name.toLowerCase().split('\0', 1)[0]!.replace(/\.$/, '');
      if (/(?:^|\.)attack\.com$/.test(asked)) {
        if (asked.startsWith('_dmarc.')) return Promise.resolve([['v=DMARC1; p=none']]);
        return Promise.resolve([[asked.includes('_domainkey') ? `v=DKIM1; k=rsa; p=${key}` : spf]]);
      }
      const known: Record<string, string> = {
        'legitimate.com': 'v=spf1 -all',
        '_dmarc.legitimate.com': 'v=DMARC1; p=reject',
        'example.com': `v=spf1 ip4:${SERVICE} -all`,
        '_dmarc.example.com': 'v=DMARC1; p=reject',
      };
      const record = known[asked];
      if (record !== undefined) return Promise.resolve([[record]]);
    }
    return Promise.reject(Object.assign(new Error(`${name} does not exist`), { code: 'ENOTFOUND' }));
  };
}

function sessionOf({ id, helo, mailFrom }: Spoof): SmtpSession {
  return {
    clientAddress: id.startsWith('client') ? SERVICE : ATTACKER,
    clientHostname: null,
    helo,
    tls: null,
    authenticatedAs: null,
    mailFrom: mailFrom.replace(/^<|>$/g, ''),
    recipients: ['victim@victim.com'],
    smtpUtf8: false,
    receivedAt: NOW.toISOString(),
  };
}

/** As espoofer composes it: the signature between From and the other fields. */
function messageOf({ fields, dkim }: Spoof, privateKey: KeyObject): string {
  const signature = dkim === null ? '' : signatureOf(dkim, fields.body, privateKey);
  return `${fields.from}${signature}${fields.to}${fields.subject}${fields.others}${fields.body}`;
}

/** simple/simple; by hand, since no library signs for the domains and selectors of the attacks. */
function signatureOf(dkim: NonNullable<Spoof['dkim']>, body: string, privateKey: KeyObject): string {
  const hash = createHash('sha256').update(body, 'latin1').digest('base64');
  const unsigned = `DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=${dkim.domain}; s=${dkim.selector}; h=From; bh=${hash}; b=`;
  const signed = sign('sha256', Buffer.from(`${dkim.signs}\r\n${unsigned}`, 'latin1'), privateKey).toString('base64');
  return `${unsigned}${signed}\r\n`;
}

/** Reads the cases out of the Python that they are written in. */
function readSpoofs(source: string): Spoof[] {
  const code = source.replace(/^\s*#.*$/gm, '');
  const blocks = [...code.matchAll(/^ {4}"((?:server|client)_a\d+)": \{([\s\S]*?)^ {4}\},/gm)];
  return blocks.map(([, id = '', block = '']) => {
    const text = (name: string): string => {
      const line = new RegExp(`"${name}":(.*)$`, 'm').exec(block)?.[1];
      if (line === undefined) throw new Error(`espoofer's case ${id} has no ${name}`);
      return bytesOf(line);
    };
    const signer = /"dkim_para": \{"d":(?<d>.*?), "s":(?<s>.*?), "sign_header":(?<h>.*?)\}/.exec(block)?.groups;
    return {
      id,
      helo: text('helo'),
      mailFrom: text('mailfrom'),
      fields: {
        from: text('from_header'),
        to: text('to_header'),
        subject: text('subject_header'),
        others: text('other_headers'),
        body: text('body'),
      },
      dkim:
        signer === undefined
          ? null
          : { domain: bytesOf(signer['d']!), selector: bytesOf(signer['s']!), signs: bytesOf(signer['h']!) },
    };
  });
}

/** The byte strings of a Python expression, joined; the functions of espoofer among them replaced. */
function bytesOf(expression: string): string {
  const tokens = expression.matchAll(
    /get_date\(\)|id_generator\(\)|(bs64encode\()?b(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/g,
  );
  let text = '';
  for (const [token, encoded, double, single] of tokens) {
    if (token === 'get_date()') text += 'Fri, 20 Nov 2026 10:00:00 +0000';
    else if (token === 'id_generator()') text += 'ABCDEF';
    else {
      const plain = unescape(double ?? single ?? '');
      text += encoded === undefined ? plain : `=?utf-8?B?${Buffer.from(plain, 'latin1').toString('base64')}?=`;
    }
  }
  return text;
}

function unescape(text: string): string {
  return text.replace(/\\(?:x([\da-f]{2})|([rn"'\\]))/gi, (escaped, code: string | undefined, letter: string) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return { r: '\r', n: '\n' }[letter] ?? (letter || escaped);
  });
}
