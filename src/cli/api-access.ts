import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config.js';

/** There is no token to ask the API with; the message says what to do. */
export class NoToken extends Error {
  override name = 'NoToken';
}

/** Where the API listens, as this machine reaches it. */
export function graphqlUrlOf({ client, api }: Config): string {
  const host = ['0.0.0.0', '::'].includes(api.host) ? '127.0.0.1' : api.host;
  const own = `http://${host.includes(':') ? `[${host}]` : host}:${api.port}`;
  return `${client.apiUrl?.replace(/\/+$/, '') ?? own}/graphql`;
}

/** EVERPOST_TOKEN, else the first administrator's. @throws NoToken */
export async function tokenOf({ client, home }: Config): Promise<string> {
  if (client.token !== null) return client.token;
  const file = path.join(home, 'admin-token');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new NoToken(`there is no token in ${file}: start Everpost with \`npm start\`, or set EVERPOST_TOKEN`);
  }
}
