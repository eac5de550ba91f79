import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LibreTranslateServer {
  readonly url: string;
  /** The texts of each request, with the language they were to be put in. */
  readonly asked: { q: string[]; source: string; target: string }[];
  /** What it does in place of a translation; null: it is well, and answers in capital letters. */
  ill: ((response: ServerResponse, texts: string[]) => void) | null;
  close(): Promise<void>;
}

const TARGETS = ['en', 'fr', 'es', 'de'];

/** A server with LibreTranslate's HTTP API, between German, English, French and Spanish. */
export async function startLibreTranslate(): Promise<LibreTranslateServer> {
  const asked: LibreTranslateServer['asked'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.url?.endsWith('/languages')) {
        response.end(JSON.stringify(TARGETS.map((code) => ({ code, name: code, targets: TARGETS }))));
        return;
      }
      const call = JSON.parse(Buffer.concat(chunks).toString()) as (typeof asked)[number];
      asked.push(call);
      if (it.ill !== null) return it.ill(response, call.q);
      response.end(JSON.stringify({ translatedText: call.q.map((text) => text.toUpperCase()) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const it: LibreTranslateServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    ill: null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return it;
}
