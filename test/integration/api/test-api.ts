import { createClient as createGraphQLClient, type Client } from 'graphql-ws';
import pino from 'pino';
import { WebSocket } from 'ws';
import { createApi, type Api, type ApiOptions } from '../../../src/api/create-api.js';
import type { Database } from '../../../src/adapters/database/database.js';
import type { Leadership } from '../../../src/adapters/database/leadership.js';
import { createSequencer } from '../../../src/adapters/feed/sequencer.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

export interface GraphQLAnswer<Data> {
  status: number;
  data: Data | null;
  errors: { message: string; path?: string[]; extensions: Record<string, unknown> & { code: string } }[] | undefined;
}

export interface TestApi {
  api: Api;
  database: TestDatabase;
  /** What the API reads with; the feed has one of its own. */
  apiDatabase: Database;
  sequencer: Leadership;
  graphql<Data>(token: string | null, query: string, variables?: Record<string, unknown>): Promise<GraphQLAnswer<Data>>;
  /** A graphql-ws client that does not reconnect by itself; `onOpen` is given its socket. */
  subscriber(token: string, onOpen?: (socket: WebSocket) => void): Client;
  close(): Promise<void>;
}

/** The API over real HTTP on a database of its own, with a sequencer. */
export async function startTestApi(options: Partial<ApiOptions> = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  // It is cut off by some tests on purpose, and says so.
  const onError = () => undefined;
  const sequencer = createSequencer({ url: database.url, applicationName: 'test-sequencer', onError });
  sequencer.start();
  const apiDatabase = database.open('everpost_app');
  const api = await createApi({
    url: database.url,
    applicationName: 'test-api',
    database: apiDatabase,
    feedDatabase: database.open('everpost_app', 2),
    temporal: null,
    logger: pino({ level: 'silent' }),
    host: '127.0.0.1',
    port: 0,
    ...options,
  });
  const clients: Client[] = [];
  return {
    api,
    database,
    apiDatabase,
    sequencer,
    async graphql(token, query, variables) {
      const response = await fetch(`${api.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await response.json()) as { data?: never; errors?: never };
      return { status: response.status, data: data ?? null, errors };
    },
    subscriber(token, onOpen) {
      const client = createGraphQLClient({
        url: `${api.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        on: { opened: (socket) => onOpen?.(socket as WebSocket) },
        connectionParams: { authorization: `Bearer ${token}` },
      });
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) await client.dispose();
      await api.close();
      await sequencer.stop();
      await database.drop();
    },
  };
}
