import { setTimeout as sleep } from 'node:timers/promises';
import { plainMail } from './messages.js';
import { acceptedIds, dotStuffed, SmtpDialogue } from './smtp-dialogue.js';

export interface Delivered {
  /** The id in the 250. */
  id: string;
  messageId: string;
}

/** A mail that its mailbox is notified of, so that every run has a side effect to do once. */
export function urgentMail(): Buffer {
  return plainMail({
    subject: 'URGENT: the pump has failed',
    headers: ['X-Priority: 1 (Highest)', 'Importance: high'],
    text: 'The pump has failed and this is urgent: please call me immediately!\r\n',
  });
}

const RETRY_MS = 50;
const FROM = 'ada@sender.example';
const TO = 'team@example.org';

/** A mail server: what was not answered with 250, for whatever reason, it delivers again, byte by byte. */
class Sender {
  #client: SmtpDialogue | null = null;
  constructor(readonly port: number) {}

  async deliver(mail: Buffer): Promise<Delivered> {
    for (;;) {
      try {
        this.#client ??= await SmtpDialogue.open(this.port);
        await this.#client.envelope(FROM, TO);
        this.#client.write(Buffer.concat([dotStuffed(mail), Buffer.from('.\r\n')]));
        const [id] = acceptedIds(await this.#client.reply());
        return { id: id!, messageId: /^Message-ID: <(.*)>/m.exec(mail.subarray(0, 4_096).toString('latin1'))![1]! };
      } catch {
        this.#client?.abort();
        this.#client = null;
        await sleep(RETRY_MS); // refused for now, or the intake is down: again until it is accepted
      }
    }
  }

  async quit(): Promise<void> {
    await this.#client?.quit();
  }
}

/** Delivers these, over some sessions at the same time. */
export async function deliverAll(port: number, mails: readonly Buffer[], sessions = 4): Promise<Delivered[]> {
  const waiting = [...mails];
  const delivered: Delivered[] = [];
  await Promise.all(
    Array.from({ length: sessions }, async () => {
      const sender = new Sender(port);
      for (let mail = waiting.shift(); mail !== undefined; mail = waiting.shift())
        delivered.push(await sender.deliver(mail));
      await sender.quit();
    }),
  );
  return delivered;
}

/** Delivers mail after mail until stopped; each session ends with its mail accepted. */
export function deliverUntilStopped(
  port: number,
  { sessions = 4, pauseMs = 0 }: { sessions?: number; pauseMs?: number },
) {
  const delivered: Delivered[] = [];
  let stopped = false;
  const running = Promise.all(
    Array.from({ length: sessions }, async () => {
      const sender = new Sender(port);
      while (!stopped) {
        delivered.push(await sender.deliver(urgentMail()));
        if (pauseMs > 0) await sleep(pauseMs);
      }
      await sender.quit();
    }),
  );
  return {
    delivered,
    async stop(): Promise<Delivered[]> {
      stopped = true;
      await running;
      return delivered;
    },
  };
}
