import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/adapters/database/database.js';
import { appendEvents } from '../../../src/adapters/feed/append-events.js';
import { CursorExpired, FeedClient, FeedCut, WatchError } from '../../../src/cli/watch/feed-client.js';
import { createOrganization, type TestOrganization } from '../../support/database.js';
import { startTestApi, type TestApi } from './test-api.js';

let api: TestApi;
let organization: TestOrganization;
let app: Database;
const clients: FeedClient[] = [];

beforeAll(async () => {
  api = await startTestApi();
  organization = await createOrganization(api.database.open('owner'), 'watch.example');
  app = api.database.open('everpost_app');
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await api.close();
});

function clientOf(token: string, url = `${api.api.url}/graphql`): FeedClient {
  const client = new FeedClient(url, token);
  clients.push(client);
  return client;
}
const append = (label: string) =>
  app.withOrganization(organization.id, (sql) =>
    appendEvents(sql, [
      { organizationId: organization.id, kind: 'message.status', messageId: null, payload: { label } },
    ]),
  );

test('goes on behind the last event after it left, from the end that it read first', async () => {
  const client = clientOf(organization.token);
  let cursor = await client.end();
  for (const label of ['one', 'two', 'three']) {
    await append(label);
    for await (const event of client.events(cursor)) {
      expect(event.payload).toEqual({ label });
      cursor = event.cursor;
      break;
    }
  }
  await expect(client.events(Buffer.from('f1:99').toString('base64url')).next()).rejects.toBeInstanceOf(CursorExpired);
});

test('tells a wrong token from an API that does not run', async () => {
  await expect(clientOf('evp_wrong').end()).rejects.toThrow(WatchError);
  await expect(clientOf(organization.token, 'http://127.0.0.1:1/graphql').end()).rejects.toThrow(FeedCut);
});
