import { ImapFlow } from 'imapflow';
import type { TestDovecot } from './dovecot.js';

/** A mailbox's owner at another mail program: puts mail in, moves it, deletes it, and looks what is there. */
export class MailboxOwner {
  readonly #client: ImapFlow;

  private constructor(client: ImapFlow) {
    this.#client = client;
  }

  static async signIn(dovecot: TestDovecot, user: string, pass = 'secret'): Promise<MailboxOwner> {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: dovecot.imapPort,
      secure: false,
      doSTARTTLS: false,
      auth: { user, pass },
      logger: false,
      disableAutoIdle: true,
    });
    client.on('error', () => undefined); // the test ends the server under it
    await client.connect();
    return new MailboxOwner(client);
  }

  /** @returns its UID */
  async append(folder: string, mail: Buffer, at = new Date()): Promise<number> {
    const appended = await this.#client.append(folder, mail, [], at);
    if (appended === false || appended.uid === undefined) throw new Error('the server did not say which UID it gave');
    return appended.uid;
  }

  create(folder: string) {
    return this.#client.mailboxCreate(folder);
  }

  /** Deletes the folder and makes it again: another UIDVALIDITY, and nothing in it. */
  async recreate(folder: string): Promise<void> {
    await this.#client.mailboxClose().catch(() => undefined); // none is open
    await this.#client.mailboxDelete(folder);
    await this.#client.mailboxCreate(folder);
  }

  async copy(folder: string, uids: string, to: string): Promise<void> {
    await this.#client.mailboxOpen(folder);
    await this.#client.messageCopy(uids, to, { uid: true });
  }

  async move(folder: string, uids: string, to: string): Promise<void> {
    await this.#client.mailboxOpen(folder);
    await this.#client.messageMove(uids, to, { uid: true });
  }

  async delete(folder: string, uids: string): Promise<void> {
    await this.#client.mailboxOpen(folder);
    await this.#client.messageDelete(uids, { uid: true });
  }

  /** What is in a folder: subjects with keywords. */
  async list(folder: string): Promise<{ uid: number; subject: string; keywords: string[] }[]> {
    await this.#client.mailboxOpen(folder);
    if (this.#client.mailbox === false || this.#client.mailbox.exists === 0) return [];
    const messages = await this.#client.fetchAll('1:*', { uid: true, envelope: true, flags: true });
    return messages.map(({ uid, envelope, flags }) => ({
      uid,
      subject: envelope?.subject ?? '',
      keywords: [...(flags ?? [])].filter((flag) => !flag.startsWith('\\')).sort(),
    }));
  }

  async leave(): Promise<void> {
    await this.#client.logout().catch(() => undefined); // the server may have gone before
  }
}
