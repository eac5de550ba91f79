import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestCertificate {
  /** Of the certificate and of its PKCS #8 key, both PEM. */
  certificateFile: string;
  keyFile: string;
  certificate: string;
  key: string;
}

export type KeyType = 'rsa' | 'ec';

/** Makes certificates and S/MIME mail by the openssl program, in a folder of its own. */
export class OpenSsl {
  readonly folder: string;
  #files = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<OpenSsl> {
    return new OpenSsl(await mkdtemp(path.join(tmpdir(), 'everpost-openssl-')));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs openssl on an input; gives what it wrote. */
  async run(args: string[], input: string | Buffer = ''): Promise<Buffer> {
    const file = await this.file(input);
    const output = `${file}.out`;
    await run('openssl', [...args, '-in', file, '-out', output], { cwd: this.folder });
    return readFile(output);
  }

  async file(content: string | Buffer): Promise<string> {
    const file = path.join(this.folder, `file-${(this.#files += 1)}`);
    await writeFile(file, content);
    return file;
  }

  /** @param issuer signs it; itself where absent, and then it is an authority */
  async certificate(
    subject: { name: string; address?: string; purpose?: string; usage?: string; days?: number },
    type: KeyType = 'rsa',
    issuer?: TestCertificate,
  ): Promise<TestCertificate> {
    const base = path.join(this.folder, `cert-${(this.#files += 1)}`);
    const [keyFile, requestFile, certificateFile] = [`${base}.key`, `${base}.csr`, `${base}.crt`];
    const algorithm =
      type === 'rsa' ? ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'] : ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    await run('openssl', ['genpkey', '-algorithm', ...algorithm, '-out', keyFile]);
    const extensions = await this.file(
      issuer === undefined
        ? 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n'
        : `basicConstraints=CA:false\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n` +
            `extendedKeyUsage=${subject.purpose ?? 'emailProtection'}\nsubjectAltName=email:${subject.address}\n` +
            (subject.usage === undefined ? '' : `keyUsage=critical,${subject.usage}\n`),
    );
    await run('openssl', ['req', '-new', '-key', keyFile, '-subj', `/CN=${subject.name}`, '-out', requestFile]);
    const signer =
      issuer === undefined
        ? ['-signkey', keyFile]
        : ['-CA', issuer.certificateFile, '-CAkey', issuer.keyFile, '-set_serial', serial()];
    await run('openssl', [
      'x509',
      '-req',
      '-in',
      requestFile,
      '-days',
      String(subject.days ?? 3650),
      '-sha256',
      '-extfile',
      extensions,
      ...signer,
      '-out',
      certificateFile,
    ]);
    const [certificate, key] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(keyFile, 'utf8')]);
    return { certificateFile, keyFile, certificate, key };
  }

  /** An authority that another one has certified. */
  async authority(name: string, issuer: TestCertificate): Promise<TestCertificate> {
    const own = await this.certificate({ name });
    const certificate = await this.crossCertificate(own, issuer);
    return { ...own, certificate, certificateFile: await this.file(certificate) };
  }

  /** A second certificate of an authority, issued by another. */
  async crossCertificate(of: TestCertificate, issuer: TestCertificate): Promise<string> {
    const file = path.join(this.folder, `cross-${(this.#files += 1)}`);
    await run('openssl', [
      'x509',
      '-x509toreq',
      '-in',
      of.certificateFile,
      '-signkey',
      of.keyFile,
      '-out',
      `${file}.csr`,
    ]);
    const extensions = await this.file('basicConstraints=critical,CA:true\nsubjectKeyIdentifier=hash\n');
    await run('openssl', [
      'x509',
      '-req',
      '-in',
      `${file}.csr`,
      '-days',
      '3650',
      '-extfile',
      extensions,
      '-set_serial',
      serial(),
      '-CA',
      issuer.certificateFile,
      '-CAkey',
      issuer.keyFile,
      '-out',
      file,
    ]);
    return readFile(file, 'utf8');
  }

  /** An encrypted entity, its MIME fields included. */
  async encrypt(entity: string | Buffer, recipients: TestCertificate[], options: string[] = ['-aes-256-cbc']) {
    const recips = recipients.flatMap(({ certificateFile }) => ['-recip', certificateFile, ...padding(options)]);
    const cipher = options.filter((option) => option !== OAEP);
    return withCrlf(await this.run(['cms', '-encrypt', ...cipher, ...recips], entity));
  }

  /** A signed entity: multipart/signed, or opaque with `-nodetach`. */
  async sign(entity: string | Buffer, signer: TestCertificate, options: string[] = []): Promise<Buffer> {
    const by = ['-signer', signer.certificateFile, '-inkey', signer.keyFile];
    return withCrlf(await this.run(['cms', '-sign', '-md', 'sha256', ...by, ...options], entity));
  }
}

/** Of its own: the program's file of serial numbers is not for two that write it at once. */
const serial = () => `0x1${randomBytes(8).toString('hex')}`;

/** For `encrypt`: key transport by RSA-OAEP. */
export const OAEP = 'oaep';

function padding(options: string[]): string[] {
  return options.includes(OAEP) ? ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256'] : [];
}

function withCrlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}
