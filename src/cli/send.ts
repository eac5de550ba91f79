import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { ConfigError, readConfig, WRONG_CONFIGURATION } from '../config.js';
import { graphqlUrlOf, NoToken, tokenOf } from './api-access.js';

interface Flags {
  from?: string;
  to?: string[];
  cc?: string[];
  bcc?: string[];
  subject?: string;
  text?: string;
  html?: string;
  attach?: string[];
  template?: string;
  field?: string[];
  at?: string;
  key?: string;
}

/** It was not sent; the message says why. */
class NotSent extends Error {
  override name = 'NotSent';
}

interface Answer {
  data?: { sendMessage: { message: { id: string; status: string } } } | null;
  errors?: { message: string }[];
}

const SEND = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id status } } }';

/** Sends a message by the API, and tells its id. */
async function send({ attach = [], field = [], at, key, ...fields }: Flags): Promise<void> {
  const config = readConfig();
  const input = {
    ...fields,
    from: fields.from ?? (fields.template === undefined ? `everpost@${config.firstDomain}` : undefined),
    mergeFields: field.length === 0 ? undefined : Object.fromEntries(field.map(fieldOf)),
    sendAt: at,
    idempotencyKey: key,
    attachments: attach.map(() => ({ upload: null })),
  };
  const body = new FormData();
  body.append('operations', JSON.stringify({ query: SEND, variables: { input } }));
  body.append(
    'map',
    JSON.stringify(Object.fromEntries(attach.map((_, n) => [n, [`variables.input.attachments.${n}.upload`]]))),
  );
  for (const [n, file] of attach.entries()) body.append(String(n), await openFile(file), path.basename(file));
  const url = graphqlUrlOf(config);
  const { data, errors } = await post(url, await tokenOf(config), body);
  if (errors !== undefined || data == null) throw new NotSent(errors?.map(({ message }) => message).join('\n'));
  const { id } = data.sendMessage.message;
  process.stdout.write(`accepted as ${id}; \`npm run watch\` follows it\n`);
}

async function post(url: string, token: string, body: FormData): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
  } catch {
    throw new NotSent(`the API does not answer at ${url}. Start Everpost first, in another terminal: npm start`);
  }
  try {
    return (await response.json()) as Answer;
  } catch {
    throw new NotSent(`the API answered with ${response.status}`);
  }
}

async function openFile(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file);
  } catch {
    throw new NotSent(`${file} cannot be read`);
  }
}

function fieldOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new NotSent(`--field ${text}: is written name=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}

const collect = (value: string, before: string[] = []) => [...before, value];

await new Command('send')
  .description('sends a message through Everpost, by its API')
  .option('--from <address>', 'of a domain of yours; by default everpost@ the first domain, or as the template says')
  .option('--to <address>', 'may be repeated', collect)
  .option('--cc <address>', 'may be repeated', collect)
  .option('--bcc <address>', 'may be repeated', collect)
  .option('--subject <text>', 'subject')
  .option('--text <text>', 'plain text')
  .option('--html <html>', 'HTML')
  .option('--attach <file>', 'may be repeated', collect)
  .option('--template <name>', 'a message template in place of subject and text')
  .option('--field <name=value>', 'fills {{name}}; may be repeated', collect)
  .option('--at <time>', 'not before, in ISO 8601')
  .option('--key <text>', 'idempotency key: the same again sends nothing twice')
  .action(async (flags: Flags) => {
    try {
      await send(flags);
    } catch (error) {
      const expected = error instanceof NotSent || error instanceof NoToken || error instanceof ConfigError;
      process.stderr.write(`${expected ? error.message : String(error)}\n`);
      process.exitCode = error instanceof ConfigError ? WRONG_CONFIGURATION : 1;
    }
  })
  .parseAsync();
