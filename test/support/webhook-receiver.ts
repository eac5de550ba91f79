import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedWebhook {
  /** Header `webhook-id`. */
  id: string;
  headers: IncomingHttpHeaders;
  body: string;
  type: string;
  data: { messageId: string | null; position: number } & Record<string, unknown>;
}

export type Answer = (event: ReceivedWebhook, response: ServerResponse) => void;

const taken: Answer = (_event, response) => response.writeHead(204).end();

/** An endpoint for webhooks: keeps what it was posted in order, and answers as it is told. */
export class WebhookReceiver {
  readonly events: ReceivedWebhook[] = [];
  answer: Answer = taken;
  #server: Server | null = null;
  #port = 0;

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await receiver.open();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook?key=of-the-owner`;
  }

  /** Listens, on the port that it had before. */
  async open(): Promise<void> {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const parsed = JSON.parse(body) as Pick<ReceivedWebhook, 'type' | 'data'>;
        const event = { id: String(request.headers['webhook-id']), headers: request.headers, body, ...parsed };
        this.events.push(event);
        this.answer(event, response);
      });
    });
    await once(this.#server.listen(this.#port, '127.0.0.1'), 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nobody listens any more: connections are refused. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** What it took of a message, in order. */
  of(messageId: string): ReceivedWebhook[] {
    return this.events.filter(({ data }) => data.messageId === messageId);
  }
}
