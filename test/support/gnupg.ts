import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The gpg program with a key ring of its own. */
export class GnuPg {
  readonly #home: string;
  #files = 0;

  private constructor(home: string) {
    this.#home = home;
  }

  static async create(): Promise<GnuPg> {
    return new GnuPg(await mkdtemp(path.join(tmpdir(), 'gpg-')));
  }

  async remove(): Promise<void> {
    await run('gpgconf', ['--homedir', this.#home, '--kill', 'all']);
    await rm(this.#home, { recursive: true, force: true });
  }

  async import(armored: string): Promise<void> {
    await this.#gpg(['--import', await this.file(armored)]);
  }

  /** Makes a key without a passphrase. @returns it armored, with its private part and without */
  async generate(address: string, algorithm?: string): Promise<{ privateKey: string; publicKey: string }> {
    await this.#gpg(['--passphrase', '', '--quick-generate-key', address, algorithm ?? 'default', 'default', '1y']);
    if (algorithm !== undefined) {
      // A named algorithm gives a key that signs alone.
      const { stdout } = await this.#gpg(['--with-colons', '--list-keys', address]);
      const fingerprint = /^fpr:+([^:]+)/m.exec(stdout)?.[1] ?? '';
      await this.#gpg(['--passphrase', '', '--quick-add-key', fingerprint, algorithm, 'encr', '1y']);
    }
    const [privateKey, publicKey] = await Promise.all([
      this.#gpg(['--armor', '--export-secret-keys', address]),
      this.#gpg(['--armor', '--export', address]),
    ]);
    return { privateKey: privateKey.stdout, publicKey: publicKey.stdout };
  }

  /** What is in an encrypted file, and what gpg says of it in its status lines. */
  async decrypt(message: Buffer | string): Promise<{ content: Buffer; status: string }> {
    const output = path.join(this.#home, `out-${(this.#files += 1)}`);
    const { stdout } = await this.#gpg(['--status-fd', '1', '--output', output, '--decrypt', await this.file(message)]);
    return { content: await readFile(output), status: stdout };
  }

  /** gpg's status lines. @throws where the signature does not hold */
  async verify(content: Buffer, signature: Buffer | string): Promise<string> {
    const [signed, by] = [await this.file(content), await this.file(signature)];
    return (await this.#gpg(['--status-fd', '1', '--verify', by, signed])).stdout;
  }

  async file(content: Buffer | string): Promise<string> {
    const file = path.join(this.#home, `file-${(this.#files += 1)}`);
    await writeFile(file, content);
    return file;
  }

  #gpg(args: string[]) {
    const always = ['--homedir', this.#home, '--batch', '--yes', '--quiet', '--trust-model', 'always'];
    return run('gpg', [...always, '--pinentry-mode', 'loopback', ...args], { maxBuffer: 64 * 1024 * 1024 });
  }
}
