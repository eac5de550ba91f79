import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sealArc, type ChainStatus } from '../../../src/engines/authentication/arc-seal.js';
import { verifySignatures } from '../../../src/engines/authentication/signatures.js';
import { type CaseResult, judged, notApplicable, right, txtResolver, wrong } from './cases.js';

interface ValidationSuite {
  tests: Record<string, { message: string; cv: string | null }>;
  'txt-records': Record<string, string> | null;
}

interface SigningSuite {
  tests: Record<string, SigningCase>;
  domain: string;
  sel: string;
  privatekey: string;
  'txt-records': Record<string, string>;
}

interface SigningCase {
  message: string;
  t: number;
  'sig-headers': string;
  'srv-id': string;
  AS: string;
  AMS: string;
  AAR: string;
}

/** The suite follows a draft of 2016; where RFC 8617 decided otherwise, the RFC holds. */
const OVERRULED: Readonly<Record<string, string>> = {
  ams_fields_h_empty:
    'an empty h= is expected to pass; RFC 8617 4.1.2 takes h= from RFC 6376 3.5, where the list must not be empty and From must be signed',
};

/** When the newest signature of real mails in the data was made; they have no time to expire. */
const NOW = new Date('2023-01-20T00:00:00Z');

export async function arcValidationCases(data: string): Promise<CaseResult[]> {
  const suites = await readSuites<ValidationSuite>(data, 'arc-validation.json');
  const results: CaseResult[] = [];
  for (const suite of suites) {
    const dns = txtResolver(suite['txt-records'] ?? {});
    for (const [name, { message, cv }] of Object.entries(suite.tests)) {
      const overruled = OVERRULED[name];
      const { arc } = await verifySignatures(crlf(message), { dns, now: NOW });
      if (overruled !== undefined) results.push(notApplicable(name, overruled));
      else results.push(judged(name, [(cv || 'fail').toLowerCase()], arc.result));
    }
  }
  return results;
}

/** Real mails with chains; their first line block holds the key records. */
export async function arcMailCases(data: string): Promise<CaseResult[]> {
  const folder = join(data, 'auth-stalwart', 'arc');
  const results: CaseResult[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const text = await readFile(join(folder, file), 'latin1');
    const { records, message } = splitKeyRecords(text);
    const { arc } = await verifySignatures(crlf(message), { dns: txtResolver(records), now: NOW });
    results.push(judged(`stalwart arc/${file}`, ['pass'], arc.result));
  }
  return results;
}

export function splitKeyRecords(text: string): { records: Record<string, string>; message: string } {
  const end = /\r?\n\r?\n/.exec(text);
  const head = text.slice(0, end?.index ?? 0);
  const records = head.split(/\r?\n/).map((line) => {
    const space = line.indexOf(' ');
    return [line.slice(0, space), line.slice(space + 1)] as const;
  });
  return { records: Object.fromEntries(records), message: text.slice((end?.index ?? 0) + (end?.[0].length ?? 0)) };
}

export async function arcSigningCases(data: string): Promise<CaseResult[]> {
  const suites = await readSuites<SigningSuite>(data, 'arc-sign.json');
  const results: CaseResult[] = [];
  for (const suite of suites) {
    for (const [name, test] of Object.entries(suite.tests)) results.push(await signingCase(name, test, suite));
  }
  return results;
}

/**
 * The suite's signatures are over its own order of tags, which the RFC leaves free: so every tag is compared but `b=`,
 * and whether the sealed message verifies; which a chain that failed before cannot.
 */
async function signingCase(name: string, test: SigningCase, suite: SigningSuite): Promise<CaseResult> {
  const message = crlf(test.message);
  const expectedSeal = tags(test.AS);
  const arrived = statusOf(test.message, test['srv-id']);
  const seal = await sealArc(message, {
    signingDomain: suite.domain,
    selector: suite.sel,
    privateKey: suite.privatekey,
    authResults: consolidated(test.message, test['srv-id']),
    cv: (expectedSeal['cv'] as ChainStatus | undefined) ?? arrived,
    signTime: new Date(test.t * 1_000),
    headerList: test['sig-headers'].split(':'),
  });
  if (test.AS.trim() === '') return 'refused' in seal ? right(name) : wrong(name, 'a failed chain was sealed');
  if ('refused' in seal) return wrong(name, seal.refused);
  const made = fieldsOf(seal.fields);
  const differences = [
    ...differing('AS', expectedSeal, tags(made['arc-seal'] ?? '')),
    ...differing('AMS', tags(test.AMS), tags(made['arc-message-signature'] ?? '')),
    ...(plain(test.AAR) === plain(made['arc-authentication-results'] ?? '') ? [] : ['AAR differs']),
  ];
  if (expectedSeal['cv'] !== 'fail') {
    const sealed = Buffer.concat([Buffer.from(seal.fields, 'latin1'), message]);
    const { arc } = await verifySignatures(sealed, { dns: txtResolver(suite['txt-records']), now: NOW });
    if (arc.result !== 'pass') differences.push(`the sealed message verifies as ${arc.result}`);
  }
  return differences.length === 0 ? right(name) : wrong(name, differences.join('; '));
}

function differing(of: string, expected: Record<string, string>, made: Record<string, string>): string[] {
  return Object.entries(expected)
    .filter(([tag, value]) => tag !== 'b' && comparable(tag, made[tag] ?? '') !== comparable(tag, value))
    .map(([tag, value]) => `${of} ${tag}= is ${made[tag]}, not ${value}`);
}

/** The order of the signed fields is the signer's to choose; `bh=` alone has letters of a case. */
function comparable(tag: string, value: string): string {
  if (tag === 'bh') return value;
  return tag === 'h' ? value.toLowerCase().split(':').sort().join(':') : value.toLowerCase();
}

function tags(list: string): Record<string, string> {
  const pairs = list.split(';').flatMap((tag) => {
    const equals = tag.indexOf('=');
    return equals < 0 ? [] : [[tag.slice(0, equals).trim(), tag.slice(equals + 1).replace(/\s+/g, '')] as const];
  });
  return Object.fromEntries(pairs);
}

const plain = (text: string): string => text.replace(/\s+/g, '').toLowerCase();

function fieldsOf(text: string): Record<string, string> {
  const fields = text.trimEnd().split(/\r\n(?![ \t])/);
  return Object.fromEntries(
    fields.map((field) => [
      field.slice(0, field.indexOf(':')).toLowerCase(),
      field.slice(field.indexOf(':') + 1).trim(),
    ]),
  );
}

function resultFields(message: string, server: string): string[] {
  const header = message.split(/\n\n/)[0]!.split(/\n(?![ \t])/);
  return header
    .filter((field) => /^authentication-results:/i.test(field))
    .map((field) =>
      field
        .slice(field.indexOf(':') + 1)
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((value) => value.split(';')[0]!.trim() === server);
}

/** All results of one server as one (the suite's README). */
function consolidated(message: string, server: string): string {
  const results = resultFields(message, server).map((value) => value.slice(value.indexOf(';') + 1).trim());
  return [server, ...results].join('; ');
}

function statusOf(message: string, server: string): ChainStatus {
  const status = /\barc=(none|pass|fail)\b/.exec(consolidated(message, server))?.[1];
  return status === 'pass' || status === 'fail' ? status : 'none';
}

async function readSuites<Suite>(data: string, file: string): Promise<Suite[]> {
  return JSON.parse(await readFile(join(data, 'auth-arc', file), 'utf8')) as Suite[];
}

const crlf = (text: string): Buffer => Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1');
