import { randomUUID, X509Certificate } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const VALID_DAYS = 3_650;
const RENEW_BEFORE_MS = 30 * 24 * 60 * 60 * 1_000;

export interface TlsFiles {
  home: string;
  hostname: string;
  certFile: string | null;
  keyFile: string | null;
}

export interface TlsCertificate {
  cert: string;
  key: string;
}

/**
 * The certificate for STARTTLS: the given one, else one of our own, made at the first start.
 *
 * A sender's server does not check an MX's certificate unless it uses DANE or MTA-STS, so a self-signed one protects
 * against listening. Key and certificate are in one file: two processes that start together end with the same pair.
 */
export async function tlsCertificate({ home, hostname, certFile, keyFile }: TlsFiles): Promise<TlsCertificate> {
  if (certFile !== null && keyFile !== null) {
    return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
  }
  const file = path.join(home, 'tls', 'smtp.pem');
  const pair = await readPair(file);
  if (pair !== null && new Date(new X509Certificate(pair.cert).validTo).getTime() > Date.now() + RENEW_BEFORE_MS) {
    return pair;
  }
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const made = await makePair(hostname);
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, `${made.key.trim()}\n${made.cert.trim()}\n`, { mode: 0o600, flag: 'wx' });
  if (pair !== null) await rename(own, file);
  else {
    await link(own, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // another process was first: its pair is used
    });
    await rm(own);
  }
  return (await readPair(file)) ?? made;
}

async function readPair(file: string): Promise<TlsCertificate | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const key = /-----BEGIN (?:\w+ )?PRIVATE KEY-----[^]+?-----END (?:\w+ )?PRIVATE KEY-----/.exec(text)?.[0];
  const cert = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/.exec(text)?.[0];
  return key === undefined || cert === undefined ? null : { key, cert };
}

async function makePair(hostname: string): Promise<TlsCertificate> {
  const { generate } = await import('selfsigned'); // needed at the first start alone
  const until = new Date();
  until.setDate(until.getDate() + VALID_DAYS);
  const { private: key, cert } = await generate([{ name: 'commonName', value: hostname }], {
    // RSA, because its EC keys fail beside mailauth: they bring two versions of one ASN.1 library.
    keySize: 2_048,
    algorithm: 'sha256',
    notAfterDate: until,
  });
  return { key, cert };
}
