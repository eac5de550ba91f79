import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { withCrlf } from '../../../src/engines/authentication/line-ends.js';
import { verifySignatures } from '../../../src/engines/authentication/signatures.js';
import { splitKeyRecords } from './arc-cases.js';
import { type CaseResult, judged, right, txtResolver, wrong } from './cases.js';
import { runMochaFile } from './mocha-file.js';

/** Behind the newest signature of these mails, before the first of their times runs out. */
const NOW = new Date('2022-11-08T12:00:00Z');
const RFC_8463 = new Date(1_528_637_909_000);

/** Signed mails with their keys: every signature verifies. */
export async function dkimMailCases(data: string): Promise<CaseResult[]> {
  const folder = join(data, 'auth-stalwart', 'dkim');
  const results: CaseResult[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const { records, message } = splitKeyRecords(await readFile(join(folder, file), 'latin1'));
    const bytes = withCrlf(Buffer.from(message, 'latin1'));
    const { dkim } = await verifySignatures(bytes, { dns: txtResolver(records), now: NOW });
    const shown = dkim.map(({ result, reason }) => (reason ? `${result} (${reason})` : result));
    const passed = dkim.length > 0 && dkim.every(({ result }) => result === 'pass');
    results.push(passed ? right(`stalwart dkim/${file}`) : wrong(`stalwart dkim/${file}`, shown.join(', ')));
  }
  results.push(await rfc8463Case(data));
  return results;
}

async function rfc8463Case(data: string): Promise<CaseResult> {
  const folder = join(data, 'auth-mailauth', 'dkim', 'ec', 'fixtures');
  const zone = JSON.parse(await readFile(join(folder, 'dns.json'), 'utf8')) as Record<string, { TXT?: string[][] }>;
  const records = Object.fromEntries(
    Object.entries(zone).map(([name, { TXT }]) => [name, (TXT ?? []).flat().join('')] as const),
  );
  const bytes = withCrlf(await readFile(join(folder, 'signed.eml')));
  const { dkim } = await verifySignatures(bytes, { dns: txtResolver(records), now: RFC_8463 });
  return judged('RFC 8463 A.3, Ed25519 and RSA', ['pass pass'], dkim.map(({ result }) => result).join(' '));
}

/** Canonicalization and tag lists, against the library that verifies for us. */
export async function canonicalizationCases(data: string): Promise<CaseResult[]> {
  const folder = join(data, 'auth-mailauth', 'dkim');
  const load = createRequire(import.meta.url);
  const files: Readonly<Record<string, string>> = {
    'body/relaxed-test.js': 'dkim/body/relaxed',
    'body/simple-test.js': 'dkim/body/simple',
    'header/index-test.js': 'dkim/header/index',
    'header/relaxed-test.js': 'dkim/header/relaxed',
    'header/simple-test.js': 'dkim/header/simple',
    'parse-dkim-headers-test.js': 'parse-dkim-headers',
  };
  const results: CaseResult[] = [];
  for (const [file, part] of Object.entries(files)) {
    const library: unknown = load(`mailauth/lib/${part}.js`);
    const chai = await import('chai');
    const modules = { chai, [`../../../lib/${part}`]: library, [`../../lib/${part}`]: library };
    results.push(...(await runMochaFile(join(folder, file), modules)));
  }
  return results;
}
