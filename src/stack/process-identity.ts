import { readdir, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { execa } from 'execa';

/** A process as it was when noted: a process id alone may belong to another process by now. */
export interface ProcessIdentity {
  pid: number;
  /** When it began, in the words of the operating system; null where that could not be read. */
  began: string | null;
}

export async function identify(pid: number): Promise<ProcessIdentity> {
  return { pid, began: await beginning(pid) };
}

/** Whether that very process still runs. One whose beginning is unknown counts as gone: it must never be killed. */
export async function isRunning({ pid, began }: ProcessIdentity): Promise<boolean> {
  return began !== null && (await beginning(pid)) === began;
}

/** The boot and the tick in which a process began, null when there is none. A zombie is gone: it holds nothing. */
async function beginning(pid: number): Promise<string | null> {
  if (platform() !== 'linux') return beginningByPs(pid);
  const stat = await readStat(pid);
  if (stat === null || stat.state === 'Z' || stat.state === 'X') return null;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()}/${stat.startTicks}`;
}

async function beginningByPs(pid: number): Promise<string | null> {
  const { stdout, failed } = await execa('ps', ['-o', 'lstart=', '-p', String(pid)], {
    reject: false,
    env: { LC_ALL: 'C' },
  });
  return failed || stdout.trim() === '' ? null : stdout.trim();
}

interface ProcessStat {
  state: string;
  parent: number;
  startTicks: string;
}

/** Fields 3, 4 and 22 of proc(5) stat; the name before them may hold spaces and brackets. */
async function readStat(pid: number): Promise<ProcessStat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, startTicks] = [fields[0], fields[1], fields[19]];
  if (state === undefined || parent === undefined || startTicks === undefined) return null;
  return { state, parent: Number(parent), startTicks };
}

/** The command line of a process, words separated by a space; null when it cannot be read. */
export async function commandLine(pid: number): Promise<string | null> {
  if (platform() === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
    return text === null ? null : text.split('\0').join(' ').trim();
  }
  const { stdout, failed } = await execa('ps', ['-o', 'command=', '-p', String(pid)], { reject: false });
  return failed ? null : stdout.trim();
}

/** Memory of each process with all its descendants, in bytes; a process that is gone is left out. */
export async function memoryByProcess(pids: readonly number[]): Promise<Map<number, number>> {
  const table = platform() === 'linux' ? await processTable() : await processTableByPs();
  const sizes = new Map<number, number>();
  for (const pid of pids) {
    if (!table.has(pid)) continue;
    const family = familyOf(pid, table);
    const memory = await Promise.all(family.map(async (member) => (await table.get(member)?.memory()) ?? 0));
    sizes.set(
      pid,
      memory.reduce((sum, bytes) => sum + bytes, 0),
    );
  }
  return sizes;
}

type ProcessTable = Map<number, { parent: number; memory: () => Promise<number> | number }>;

function familyOf(pid: number, table: ProcessTable): number[] {
  const children = [...table].filter(([, row]) => row.parent === pid).map(([child]) => child);
  return [pid, ...children.flatMap((child) => familyOf(child, table))];
}

async function processTable(): Promise<ProcessTable> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const rows = await Promise.all(pids.map(async (pid) => ({ pid, stat: await readStat(pid) })));
  return new Map(
    rows.flatMap(({ pid, stat }) =>
      stat === null ? [] : [[pid, { parent: stat.parent, memory: () => linuxMemory(pid) }]],
    ),
  );
}

/** The proportional set where it may be read (Postgres shares its buffers among its processes), else the resident set. */
async function linuxMemory(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const status = rollup === '' ? await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '') : '';
  const kilobytes = /^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

async function processTableByPs(): Promise<ProcessTable> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid=,rss='], { reject: false });
  return new Map(
    (stdout ?? '').split('\n').flatMap((line) => {
      const [pid, parent, kilobytes] = line.trim().split(/\s+/).map(Number);
      if (pid === undefined || parent === undefined || kilobytes === undefined) return [];
      return [[pid, { parent, memory: () => kilobytes * 1024 }] as const];
    }),
  );
}
