import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { LRUCache } from 'lru-cache';
import picocolors from 'picocolors';
import { ConfigError, readConfig, WRONG_CONFIGURATION } from '../config.js';
import { graphqlUrlOf, tokenOf } from './api-access.js';
import { eventLine } from './watch/event-line.js';
import { CursorExpired, FeedClient, FeedCut, WatchError, type WatchedEvent } from './watch/feed-client.js';

interface Flags {
  json?: true;
  all?: true;
  after?: string;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
const SUBJECTS = 10_000;

/** Prints every message's steps as they happen until it is stopped; goes on by its cursor when it is cut off. */
async function watch(flags: Flags): Promise<void> {
  const config = readConfig();
  const graphqlUrl = graphqlUrlOf(config);
  const client = new FeedClient(graphqlUrl, await tokenOf(config));
  const print = printer(client, flags);
  let cursor = flags.after ?? (await firstCursor(client, graphqlUrl));
  note(`watching ${graphqlUrl}; Ctrl-C ends it`, flags);
  for (;;) {
    try {
      for await (const event of client.events(cursor)) {
        await print(event);
        cursor = event.cursor;
      }
    } catch (error) {
      if (error instanceof CursorExpired) {
        note('events before now were dropped (retention): going on from the present', flags);
        cursor = await client.end();
      } else if (error instanceof FeedCut) {
        note(`cut off (${error.message}): trying again; nothing will be missed`, flags);
        await reconnected(client);
        note('connected again', flags);
      } else throw error;
    }
  }
}

async function reconnected(client: FeedClient): Promise<void> {
  for (let delay = FIRST_RETRY_MS; ; delay = Math.min(LAST_RETRY_MS, delay * 2)) {
    await sleep(delay);
    try {
      await client.end();
      return;
    } catch (error) {
      if (!(error instanceof FeedCut)) throw error;
    }
  }
}

async function firstCursor(client: FeedClient, graphqlUrl: string): Promise<string> {
  try {
    return await client.end();
  } catch (error) {
    if (!(error instanceof FeedCut)) throw error;
    throw new WatchError(`the API does not answer at ${graphqlUrl} (${error.message}): start it with \`npm start\``);
  }
}

function printer(client: FeedClient, { json, all }: Flags): (event: WatchedEvent) => Promise<void> {
  if (json) return async (event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
  const subjects = new LRUCache<string, string>({ max: SUBJECTS });
  return async (event) => {
    const { messageId, kind, payload } = event;
    const parsed = kind === 'step.finished' && payload['step'] === 'parsing';
    let shown: string | null = null;
    if (messageId !== null && (parsed || kind === 'run.ended')) {
      shown = subjects.get(messageId) ?? (await client.subjectOf(messageId).catch(() => null)); // it is a decoration
      if (shown !== null) subjects.set(messageId, shown);
    }
    const line = eventLine(event, shown, { colors: picocolors, all: all === true });
    if (line !== null) process.stdout.write(`${line}\n`);
  };
}

/** Beside the events: on standard error, so that `--json` stays clean. */
function note(text: string, { json }: Flags): void {
  process.stderr.write(json ? `${text}\n` : `${picocolors.dim(text)}\n`);
}

const program = new Command('watch')
  .description("Follows the organization's live feed and shows each message's steps as they happen.")
  .option('--json', 'one event a line, as the API gives it')
  .option('--all', 'also stages, and steps that begin')
  .option('--after <cursor>', 'from behind this event on, instead of from now')
  .action(async (flags: Flags) => {
    // The reader of our output went away (`npm run watch | head`).
    process.stdout.on('error', () => process.exit(0));
    process.on('SIGINT', () => process.exit(0)).on('SIGTERM', () => process.exit(0));
    try {
      await watch(flags);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(error instanceof ConfigError ? WRONG_CONFIGURATION : 1);
    }
  });

await program.parseAsync();
