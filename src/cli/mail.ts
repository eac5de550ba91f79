import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import nodemailer from 'nodemailer';
import addressparser from 'nodemailer/lib/addressparser';
import { readConfig } from '../config.js';

interface Flags {
  from?: string;
  to?: string[];
  port?: string;
}

const DEFAULT_SENDER = 'sender@sender.example';
const HEADER_BYTES = 64 * 1024;
/** A mail is answered when it is committed; longer than that and something is wrong. */
const ANSWER_WITHIN_MS = 60_000;

/** Sends files as they are to the local intake, one after the other, and says what the intake answered. */
async function mail(files: string[], flags: Flags): Promise<void> {
  const config = readConfig();
  const port = flags.port === undefined ? config.smtp.port : Number(flags.port);
  const transport = nodemailer.createTransport({
    host: config.smtp.host,
    port,
    name: 'mail.localhost',
    ignoreTLS: true, // the certificate is self-signed and the way is this machine's own
    pool: true,
    maxConnections: 1,
    socketTimeout: ANSWER_WITHIN_MS,
  });
  for (const file of files) {
    try {
      const raw = await readFile(file);
      const envelope = envelopeOf(raw, flags, config.firstDomain);
      const { response } = await transport.sendMail({ envelope, raw });
      process.stdout.write(`${file}: ${response}\n`);
    } catch (error) {
      process.exitCode = 1;
      process.stdout.write(`${file}: ${explain(error, config.smtp.host, port)}\n`);
      if (isRefusedConnection(error)) break; // the other files would fare no better
    }
  }
  transport.close();
}

/** As given; else what the file's own fields say, as far as our domain receives it. */
function envelopeOf(raw: Buffer, flags: Flags, domain: string) {
  const fields = headerFields(raw);
  const written = ['to', 'cc'].flatMap((name) => addresses(fields, name));
  const ours = written.filter((address) => address.toLowerCase().endsWith(`@${domain.toLowerCase()}`));
  return {
    from: flags.from ?? addresses(fields, 'from')[0] ?? DEFAULT_SENDER,
    to: flags.to ?? (ours.length > 0 ? [...new Set(ours)] : [`team@${domain}`]),
  };
}

/** Unfolded fields by name in lower case; a broken header section gives what can be read of it. */
function headerFields(raw: Buffer): Map<string, string[]> {
  const text = raw.toString('utf8', 0, HEADER_BYTES);
  const section = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const fields = new Map<string, string[]>();
  for (const line of section.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    fields.set(name.toLowerCase(), [...(fields.get(name.toLowerCase()) ?? []), value]);
  }
  return fields;
}

function addresses(fields: Map<string, string[]>, name: string): string[] {
  return (fields.get(name) ?? [])
    .flatMap((value) => addressparser(value, { flatten: true }))
    .flatMap(({ address }) => (/^[^\s@<>]+@[^\s@<>]+$/.test(address ?? '') ? [address] : []));
}

function isRefusedConnection(error: unknown): boolean {
  return error instanceof Error && error.message.includes('ECONNREFUSED');
}

function explain(error: unknown, host: string, port: number): string {
  if (isRefusedConnection(error)) {
    return `nothing listens on ${host}:${port}. Start Everpost first, in another terminal: npm start`;
  }
  const { code, message, response } = error as NodeJS.ErrnoException & { response?: string };
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'is a folder, not a file';
  return response === undefined ? `not sent: ${message}` : `refused: ${response}`;
}

const collect = (address: string, before: string[] = []) => [...before, address];

await new Command('mail')
  .description('sends mail from files over SMTP to the local intake')
  .argument('<file...>', 'mails as files (RFC 5322, .eml)')
  .option('--from <address>', "envelope sender; by default that of the file's From field")
  .option(
    '--to <address>',
    "envelope recipient, may be repeated; by default those of the file's To and Cc that are ours",
    collect,
  )
  .option('--port <number>', 'port of the intake; by default EVERPOST_SMTP_PORT')
  .action(mail)
  .parseAsync();
