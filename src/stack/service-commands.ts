import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildCommand } from './child-process.js';
import { preparePostgres } from './postgres.js';
import type { Service } from './service-definition.js';
import { childEnvironment, type StackSettings } from './settings.js';
import { ensureTemporal } from './temporal-supply.js';
import { prepareTemporal } from './temporal.js';

/** The checkout: commands of services.yaml run there. */
export const PROJECT_FOLDER = path.resolve(fileURLToPath(import.meta.url), '..', '..', '..');

interface Preparation {
  settings: StackSettings;
  databaseUrl: string;
  /** Where processes of the graph run; the checkout where left out. */
  cwd?: string | undefined;
  report: (text: string) => void;
  signal: AbortSignal;
}

/** Makes ready what a service needs before its process, and gives the command that starts it. */
export async function prepareCommand(
  service: Service,
  { settings, databaseUrl, cwd, report, signal }: Preparation,
): Promise<ChildCommand> {
  const { start } = service;
  switch (start.kind) {
    case 'embedded-postgres':
      return preparePostgres({ home: settings.home, port: settings.ports.postgres }, report);
    case 'temporal':
      return prepareTemporal({
        binary: await ensureTemporal({ binFolder: settings.binFolder, report, signal }),
        home: settings.home,
        port: settings.ports.temporal,
        uiPort: start.webUi ? settings.ports.temporalUi : null,
        namespace: settings.temporalNamespace,
      });
    case 'process':
    case 'task': {
      const [program = '', ...args] = start.command;
      return {
        // The Node that runs the stack is the one the project asks for; another may come first on PATH.
        file: program === 'node' ? process.execPath : program,
        args,
        env: { ...childEnvironment(settings, databaseUrl), ...service.env, EVERPOST_SERVICE: service.name },
        inheritEnv: true,
        cwd: cwd ?? PROJECT_FOLDER,
        parentPipe: true,
      };
    }
  }
}
