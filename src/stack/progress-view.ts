import pc from 'picocolors';
import type { ServiceSnapshot, ServiceState } from './service-state.js';

export interface Output {
  write: (text: string) => void;
  /** Whether lines can be drawn again: a terminal. */
  live: boolean;
  columns: () => number;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;
/** Without a terminal, what still goes on is told this often. */
const STILL_EVERY_MS = 10_000;

const SIGNS: Readonly<Record<ServiceState, string>> = {
  waiting: pc.dim('·'),
  starting: '',
  running: pc.green('✔'),
  given: pc.green('✔'),
  done: pc.green('✔'),
  unhealthy: pc.yellow('!'),
  restarting: pc.yellow('↻'),
  failed: pc.red('✘'),
  stopping: '',
  stopped: pc.dim('■'),
};

interface Row {
  snapshot: ServiceSnapshot;
  /** When it came into this state. */
  since: number;
}

/** Shows what the services do: one line each that is drawn again in a terminal, else a line for every change. */
export class ProgressView {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #rows = new Map<string, Row>();
  #drawn = 0;
  #frame = 0;
  #ticking: NodeJS.Timeout | null = null;

  constructor(output: Output, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
  }

  begin(): void {
    this.#ticking ??= setInterval(() => this.#tick(), this.#output.live ? FRAME_MS : STILL_EVERY_MS);
  }

  /** Leaves what is drawn as it stands; what comes later is told line by line. */
  end(): void {
    if (this.#ticking === null) return;
    clearInterval(this.#ticking);
    this.#ticking = null;
    if (this.#output.live) this.#draw();
    this.#drawn = 0;
  }

  update(snapshot: ServiceSnapshot): void {
    const before = this.#rows.get(snapshot.name);
    const since = before?.snapshot.state === snapshot.state ? before.since : this.#now();
    this.#rows.set(snapshot.name, { snapshot, since });
    if (this.#output.live && this.#ticking !== null) return this.#draw();
    const told = before?.snapshot.state === snapshot.state && before.snapshot.detail === snapshot.detail;
    if (!told && snapshot.state !== 'waiting') this.#output.write(`${this.#line({ snapshot, since }, before)}\n`);
  }

  /** A line that stays, above what is drawn again. */
  say(text: string): void {
    this.#erase();
    this.#output.write(`${text}\n`);
    if (this.#ticking !== null && this.#output.live) this.#draw();
  }

  #tick(): void {
    this.#frame += 1;
    if (this.#output.live) return this.#draw();
    for (const row of this.#rows.values()) {
      const busy = row.snapshot.state === 'starting' || row.snapshot.state === 'stopping';
      if (busy && this.#now() - row.since >= STILL_EVERY_MS) this.#output.write(`${this.#line(row)}\n`);
    }
  }

  #draw(): void {
    this.#erase();
    const rows = [...this.#rows.values()];
    this.#output.write(rows.map((row) => `${this.#line(row)}\n`).join(''));
    this.#drawn = rows.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#output.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }

  #line({ snapshot, since }: Row, before?: Row): string {
    const { name, state, detail } = snapshot;
    const frame = this.#output.live ? FRAMES[this.#frame % FRAMES.length] : undefined;
    const sign = SIGNS[state] || pc.cyan(frame ?? '…');
    const busySince = state === 'starting' || state === 'stopping' ? since : before?.since;
    const seconds = busySince === undefined ? 0 : Math.round((this.#now() - busySince) / 1000);
    const time = seconds > 0 && state !== 'waiting' ? ` (${seconds} s)` : '';
    const text = `${name.padEnd(10)} ${state}${time}${detail === null ? '' : `: ${detail.split('\n')[0]}`}`;
    // A line that wraps would not be erased whole.
    return `  ${sign} ${this.#output.live ? text.slice(0, Math.max(20, this.#output.columns() - 6)) : text}`;
  }
}
