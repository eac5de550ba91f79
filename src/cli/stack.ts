import { Command, Option } from 'commander';
import { ConfigError, readConfig, WRONG_CONFIGURATION } from '../config.js';
import { PROFILES, type Profile } from '../stack/service-definition.js';
import { stackSettings, type StackSettings } from '../stack/settings.js';
import { failureText, runStack } from '../stack/start-command.js';
import { renderStatus } from '../stack/status-view.js';
import { stackStatus } from '../stack/status.js';
import { stopRunningStack } from '../stack/stop-command.js';
import { ensureTemporal } from '../stack/temporal-supply.js';

const say = (text: string) => {
  process.stdout.write(`${text}\n`);
};

interface StartArguments {
  profile: Profile;
  services?: string;
}

async function start(settings: StackSettings, { profile, services }: StartArguments): Promise<number> {
  const { stdout } = process;
  return runStack({
    settings,
    profile,
    ...(services === undefined ? {} : { servicesFile: services }),
    output: { write: (text) => stdout.write(text), live: stdout.isTTY, columns: () => stdout.columns || 80 },
  });
}

async function status(settings: StackSettings, json: boolean): Promise<number> {
  const found = await stackStatus(settings.home);
  say(json ? JSON.stringify(found, null, 2) : renderStatus(found));
  return found.running && found.healthy ? 0 : 1;
}

async function fetchTemporal(settings: StackSettings): Promise<number> {
  // The path alone goes to stdout, so that a script can take it.
  const report = (text: string) => process.stderr.write(`${text}\n`);
  say(await ensureTemporal({ binFolder: settings.binFolder, report }));
  return 0;
}

/** Runs a command under the configuration of the environment; what went wrong is told once, without a stack trace. */
async function run(command: (settings: StackSettings) => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command(stackSettings(readConfig()));
  } catch (error) {
    process.stderr.write(`${failureText(error)}\n`);
    process.exitCode = error instanceof ConfigError ? WRONG_CONFIGURATION : 1;
  }
}

const program = new Command('stack').description('The local Everpost: every service in one terminal');
program
  .command('start', { isDefault: true })
  .description('start everything; Ctrl-C stops it')
  .addOption(new Option('--profile <name>', 'what to start').choices(PROFILES).default('development'))
  .option('--services <file>', 'another service graph than src/stack/services.yaml')
  .action((options: StartArguments) => run((settings) => start(settings, options)));
program
  .command('status')
  .description('what runs, and whether it works: exit code 0 when all of it does')
  .option('--json', 'for programs', false)
  .action((options: { json: boolean }) => run((settings) => status(settings, options.json)));
program
  .command('stop')
  .description('stop the stack that runs on this home')
  .action(() => run((settings) => stopRunningStack(settings.home, say)));
program
  .command('fetch-temporal')
  .description('make sure that there is a Temporal server to start; prints its path')
  .action(() => run(fetchTemporal));

await program.parseAsync();
