import { spawn } from 'node:child_process';
import type { ServiceLog } from './service-log.js';

/** How a service's process is started. */
export interface ChildCommand {
  file: string;
  args: string[];
  env: Record<string, string>;
  /** Whether the child gets the stack's own environment too; a foreign server needs none of our secrets. */
  inheritEnv: boolean;
  cwd: string;
  /** The child reads a pipe that closes when the stack is gone (src/adapters/parent-watch.ts). */
  parentPipe: boolean;
  /** The user to run as, where that is not the stack's own. */
  user?: { uid: number; gid: number } | undefined;
}

/** How a process ended. */
export interface ChildExit {
  code: number | null;
  text: string;
}

export interface Child {
  pid: number;
  exited: Promise<ChildExit>;
  /** Null until it has ended. */
  exit: () => ChildExit | null;
  signal: (signal: NodeJS.Signals) => void;
  /** Kills the process and whatever it has started. */
  kill: () => void;
}

/**
 * Starts a process that writes straight into its log file, so that it does not lean on the stack to read its output.
 *
 * It leads a process group of its own: Ctrl-C in a terminal reaches the stack alone, which then stops in order.
 */
export function launch(command: ChildCommand, log: ServiceLog): Child {
  const output = log.handle.fd;
  // Not execa: it takes no file descriptor for output, and what it adds is for commands that end.
  const subprocess = spawn(command.file, command.args, {
    stdio: [command.parentPipe ? 'pipe' : 'ignore', output, output],
    detached: true,
    env: {
      // Handed on whole, not read: src/config.ts of the child does that.
      ...(command.inheritEnv ? process.env : {}),
      ...command.env,
      ...(command.parentPipe ? { EVERPOST_PARENT_PIPE: 'true' } : {}),
    },
    cwd: command.cwd,
    ...command.user,
  });
  subprocess.stdin?.on('error', () => undefined); // EPIPE: the child has ended, which `exited` tells
  let exit: ChildExit | null = null;
  const exited = new Promise<ChildExit>((resolve) => {
    const end = (ended: ChildExit) => {
      exit ??= ended;
      resolve(exit);
    };
    subprocess.once('error', (error) => end({ code: null, text: `could not be started: ${error.message}` }));
    subprocess.once('exit', (code, signal) =>
      end({ code, text: signal === null ? `ended with exit code ${code}` : `ended by ${signal}` }),
    );
  });
  const { pid } = subprocess;
  const send = (target: number, signal: NodeJS.Signals) => {
    try {
      process.kill(target, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // gone already
    }
  };
  return {
    pid: pid ?? 0,
    exited,
    exit: () => exit,
    signal: (signal) => pid !== undefined && exit === null && send(pid, signal),
    kill: () => pid !== undefined && send(-pid, 'SIGKILL'),
  };
}
