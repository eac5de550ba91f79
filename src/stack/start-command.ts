import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pc from 'picocolors';
import { ProgressView, type Output } from './progress-view.js';
import type { Profile } from './service-definition.js';
import { ServiceError, type ServiceSnapshot } from './service-state.js';
import type { StackSettings } from './settings.js';
import { AlreadyRunning, Stack, type StackOptions } from './stack.js';

/** npm and the terminal may both deliver one Ctrl-C: what follows this soon is the same one. */
const SAME_SIGNAL_MS = 400;

export interface StartOptions extends Pick<StackOptions, 'servicesFile' | 'cwd'> {
  settings: StackSettings;
  profile: Profile;
  output: Output;
}

/** Starts the stack in this terminal and runs it until Ctrl-C. Gives the exit code. */
export async function runStack({ settings, profile, output, ...graph }: StartOptions): Promise<number> {
  const view = new ProgressView(output);
  const tokenBefore = await adminToken(settings.home);
  const onChange = (snapshot: ServiceSnapshot) => view.update(snapshot);
  const stack = new Stack({ settings, profile, ...graph, onChange, report: (text) => view.say(`  ${text}`) });
  const interrupted = onInterrupt(stack, view);
  view.say(`Everpost starts (profile ${profile}, home ${settings.home})`);
  view.begin();
  try {
    await Promise.race([stack.start(), interrupted.promise]);
    view.end();
    if (interrupted.yes()) return await stopStack(stack, view, 0);
    view.say(await summary(stack, settings.home, tokenBefore === null));
    const crash = await Promise.race([stack.crashed, interrupted.promise]);
    if (crash !== null) view.say(failureText(crash));
    return await stopStack(stack, view, crash === null ? 0 : 1);
  } catch (error) {
    view.end();
    if (interrupted.yes()) return await stopStack(stack, view, 0);
    view.say(failureText(error));
    return 1;
  } finally {
    interrupted.forget();
  }
}

async function stopStack(stack: Stack, view: ProgressView, code: number): Promise<number> {
  view.begin();
  await stack.stop();
  view.end();
  view.say('Everpost has stopped. The next start goes on where it was.');
  return code;
}

interface Interruption {
  promise: Promise<null>;
  yes: () => boolean;
  forget: () => void;
}

/** The first signal asks for an ordered stop, the second kills what is left. */
function onInterrupt(stack: Stack, view: ProgressView): Interruption {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const { promise, resolve } = Promise.withResolvers<null>();
  let first: number | null = null;
  const interrupt = () => {
    if (first === null) {
      first = Date.now();
      view.end();
      view.say('\nStopping; once more kills everything at once.');
      resolve(null);
    } else if (Date.now() - first > SAME_SIGNAL_MS) {
      view.end();
      view.say('Killing everything.');
      stack.kill();
    }
  };
  for (const signal of signals) process.on(signal, interrupt);
  return {
    promise,
    yes: () => first !== null,
    forget: () => signals.forEach((signal) => process.off(signal, interrupt)),
  };
}

/** What went wrong, for a person: a service's failure shows the end of its log and where the rest is. */
export function failureText(error: unknown): string {
  if (error instanceof AlreadyRunning) {
    return `${pc.yellow(error.message)}. See it with: npm run status. Stop it with: node dist/cli/stack.js stop`;
  }
  if (error instanceof ServiceError && error.log !== null) {
    const lines = error.log.lines.map((line) => `    ${line}`);
    return [
      pc.red(error.message),
      ...(lines.length > 0 ? ['  The end of its log:', ...lines] : []),
      `  Its log: ${error.log.path}`,
    ].join('\n');
  }
  return pc.red(error instanceof Error ? error.message : String(error));
}

async function summary(stack: Stack, home: string, firstStart: boolean): Promise<string> {
  const { addresses, snapshots } = stack;
  const runs = (name: string) => snapshots.some((snapshot) => snapshot.name === name);
  const token = await adminToken(home);
  const tokenFile = path.join(home, 'admin-token');
  const rows: [string, string | null][] = [
    ['GraphQL', runs('api') ? addresses.graphql : null],
    ['SMTP', runs('ingress') ? addresses.smtp : null],
    ['Submission', runs('ingress') ? `${addresses.submission}  (to send: the token is the password)` : null],
    ['Temporal Web UI', addresses.temporalUi],
    ['Temporal', addresses.temporalUi === null && runs('temporal') ? addresses.temporal : null],
    [
      'Admin token',
      token === null
        ? null
        : firstStart
          ? `${pc.bold(token)}  (shown this once; it is kept in ${tokenFile})`
          : `in ${tokenFile}`,
    ],
    ['Logs', path.join(home, 'logs')],
  ];
  const shown = rows.filter(([, value]) => value !== null).map(([name, value]) => `  ${name.padEnd(16)} ${value}`);
  const next =
    runs('ingress') && runs('api')
      ? ['', '  Try it, in a second terminal:', '    npm run mail -- samples/*.eml', '    npm run watch']
      : [];
  return ['', pc.green('Everpost is running.'), '', ...shown, ...next, '', '  Ctrl-C stops everything.'].join('\n');
}

async function adminToken(home: string): Promise<string | null> {
  const text = await readFile(path.join(home, 'admin-token'), 'utf8').catch(() => '');
  return text.trim() === '' ? null : text.trim();
}
