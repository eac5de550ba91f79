import { readFile } from 'node:fs/promises';
import { family } from '../test/support/process-family.js';

/** Of the kernel's clock, which Linux gives as 100 everywhere. */
const TICKS_A_SECOND = 100;

/** Seconds of CPU of processes with their children, those that have ended included. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  const families = await Promise.all(pids.map(family));
  const all = [...new Set(families.flat())];
  const times = await Promise.all(all.map((pid) => ticks(pid, pids.includes(pid))));
  return times.reduce((sum, one) => sum + one, 0) / TICKS_A_SECOND;
}

/** @param ended whether children that have ended count: they are nobody else's */
async function ticks(pid: number, ended: boolean): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''); // it has just ended
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
  return utime + stime + (ended ? cutime + cstime : 0);
}
