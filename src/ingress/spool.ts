import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Files of messages that are too large to be held in memory, until they are committed. One folder a process. */
export class Spool {
  readonly #root: string;
  readonly #folder: string;

  constructor(root: string, instance: string) {
    this.#root = root;
    this.#folder = path.join(root, instance);
  }

  async open(): Promise<SpoolFile> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = path.join(this.#folder, `${randomUUID()}.eml`);
    return new SpoolFile(file, await open(file, 'wx', 0o600));
  }

  /**
   * Deletes what processes left that ended in the middle of a message: nobody got a 250 for it.
   *
   * @param isGone tells of a process by its instance, as several may share the folder
   */
  async deleteLeftovers(isGone: (instance: string) => Promise<boolean>): Promise<void> {
    const names = await readdir(this.#root).catch(() => []); // not there yet: nothing was left
    for (const name of names) {
      const folder = path.join(this.#root, name);
      if (UUID.test(name) && folder !== this.#folder && (await isGone(name))) {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export class SpoolFile {
  readonly #path: string;
  readonly #handle: FileHandle;

  constructor(file: string, handle: FileHandle) {
    this.#path = file;
    this.#handle = handle;
  }

  async write(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length) written += (await this.#handle.write(bytes, written)).bytesWritten;
  }

  /** No more is written; it can be read, also more than once. */
  async finish(): Promise<void> {
    await this.#handle.close();
  }

  read(): AsyncIterable<Buffer> {
    return createReadStream(this.#path, { highWaterMark: 256 * 1024 });
  }

  async delete(): Promise<void> {
    await this.#handle.close().catch(() => undefined); // finish has closed it already
    await rm(this.#path, { force: true });
  }
}
