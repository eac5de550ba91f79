import { setTimeout as sleep } from 'node:timers/promises';
import { bareSendThroughput } from '../bare/throughput.js';
import { cpuSeconds } from '../cpu.js';
import type { Figures } from '../figures.js';
import type { BenchStack } from '../stack.js';
import { CountingSink } from './counting-sink.js';
import { measureSendCost } from './send-cost.js';
import { startSigningPostfix, type SigningPostfix } from './postfix-signing.js';
import { profileShares } from './profile-shares.js';
import { Sender } from './sender.js';

const BYTES = 10_240;
const SINGLES = 300;
const BULK = 3_000;
const ROUNDS = 2;

/** Sends to smtp-sink next to bare workflows and next to Postfix that signs, on the same server in the same run. */
export async function benchDelivery(stack: BenchStack): Promise<Figures> {
  const sink = await CountingSink.start();
  const sender = await Sender.open(stack);
  const postfix = await startSigningPostfix(sink.port).catch((error: unknown) => {
    process.stderr.write(`without Postfix: ${String(error)}\n`);
    return null;
  });
  const bench = new DeliveryBench(stack, sink, sender, postfix);
  try {
    return { ...(await bench.singles()), ...(await bench.bulk()), ...(await bench.growth()) };
  } finally {
    await postfix?.stop();
    await sender.close();
    await sink.stop();
  }
}

class DeliveryBench {
  readonly #environment: Record<string, string>;

  constructor(
    readonly stack: BenchStack,
    readonly sink: CountingSink,
    readonly sender: Sender,
    readonly postfix: SigningPostfix | null,
  ) {
    this.#environment = { EVERPOST_SMARTHOST: `smtp://127.0.0.1:${sink.port}` };
  }

  /** Messages to one recipient each. */
  async singles(): Promise<Figures> {
    const { stack, sender } = this;
    const cost = await measureSendCost(BYTES);
    const rounds: { everpost: number; bare: number }[] = [];
    const spent = { worker: 0, postgres: 0, temporal: 0 };
    // The first round warms up and does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      const count = round === 0 ? 50 : SINGLES;
      const bare = await bareSendThroughput(stack.temporalAddress, count, cost.stagesMs, cost.deliveryMs);
      const ids: string[] = [];
      for (let at = 0; at < count; at++) {
        ids.push(await sender.send([`reader@list${round}-${at}.example`], BYTES, 'TRANSACTIONAL'));
      }
      await stack.start('worker', { environment: this.#environment });
      const before = await this.#cpu();
      const { seconds, delivered } = await this.#ended(ids);
      const after = await this.#cpu();
      await stack.stop('worker');
      if (delivered !== count) throw new Error(`${delivered} of ${count} were delivered`);
      if (round === 0) continue;
      rounds.push({ everpost: count / seconds, bare });
      for (const name of ['worker', 'postgres', 'temporal'] as const) spent[name] += after[name] - before[name];
    }
    const each = (seconds: number) => (seconds * 1_000) / (ROUNDS * SINGLES);
    const everpost = mean(rounds.map((one) => one.everpost));
    const bare = mean(rounds.map((one) => one.bare));
    return {
      'engines of a send when called directly, ms of CPU': cost.totalMs,
      'bare sends a second (3 local, 1 child, 1 regular)': bare,
      'single sends a second, all steps': everpost,
      'ratio (target 0.7) of single sends': everpost / bare,
      'CPU of the worker, ms a single send': each(spent.worker),
      'CPU of Postgres, ms a single send': each(spent.postgres),
      'CPU of Temporal, ms a single send': each(spent.temporal),
    };
  }

  /** One message to many, next to as many mails through Postfix. */
  async bulk(): Promise<Figures> {
    const { stack, postfix } = this;
    await stack.start('worker', { environment: this.#environment });
    await this.#bulk(200, 'warm');
    await postfix?.source(200);
    const rates: number[] = [];
    const postfixes: number[] = [];
    const cpu = { worker: 0, postgres: 0, temporal: 0, postfix: 0, sink: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      if (postfix !== null) {
        const before = await cpuSeconds(postfix.pids);
        postfixes.push(await this.#throughPostfix(postfix, BULK));
        cpu.postfix += (await cpuSeconds(postfix.pids)) - before;
      }
      const before = await this.#cpu();
      rates.push(BULK / (await this.#bulk(BULK, `bulk${round}`)));
      const after = await this.#cpu();
      for (const name of ['worker', 'postgres', 'temporal', 'sink'] as const) cpu[name] += after[name] - before[name];
    }
    await stack.stop('worker');
    const each = (seconds: number) => (seconds * 1_000) / (ROUNDS * BULK);
    return {
      'bulk, mails of 10 KB a second, all steps': mean(rates),
      ...(postfix === null
        ? {}
        : {
            [`Postfix ${postfix.signs ? 'signing with OpenDKIM' : 'without signing'}, mails a second`]: mean(postfixes),
            'ratio (target 0.5) of bulk': mean(rates) / mean(postfixes),
            'CPU of Postfix and OpenDKIM, ms a mail': each(cpu.postfix),
          }),
      'CPU of the worker, ms a mail': each(cpu.worker),
      'CPU of Postgres, ms a mail': each(cpu.postgres),
      'CPU of Temporal, ms a mail': each(cpu.temporal),
      'CPU of smtp-sink, ms a mail': each(cpu.sink),
      ...(await this.#shares()),
    };
  }

  /** Time and memory with one, two and four times as many recipients. */
  async growth(): Promise<Figures> {
    const { stack } = this;
    await stack.start('worker', { environment: this.#environment });
    await this.#bulk(BULK, 'grow0');
    const figures: Figures = {};
    const base: number[] = [];
    for (const times of [1, 2, 4]) {
      let most = 0;
      const watch = setInterval(() => void stack.memory('worker').then((now) => (most = Math.max(most, now))), 500);
      const seconds = await this.#bulk(BULK * times, `grow${times}`);
      clearInterval(watch);
      base.push(seconds / times);
      figures[`${times}x (${BULK * times} recipients), seconds`] = seconds;
      figures[`${times}x, seconds for each share, next to 1x`] = seconds / times / base[0]!;
      figures[`${times}x, most memory of the worker, MiB`] = most;
    }
    await stack.stop('worker');
    return figures;
  }

  /** @returns seconds from the hand-in to the end of the run */
  async #bulk(recipients: number, name: string): Promise<number> {
    const { sender, sink } = this;
    const before = sink.taken;
    const addresses = Array.from({ length: recipients }, (_, at) => `reader${at}@${name}-${at % 20}.example`);
    const began = performance.now();
    const id = await sender.send(addresses, BYTES, 'BULK');
    const { delivered } = await this.#ended([id]);
    const seconds = (performance.now() - began) / 1_000;
    if (delivered !== recipients || sink.taken - before !== recipients) {
      throw new Error(`of ${recipients}, ${delivered} were delivered and ${sink.taken - before} came`);
    }
    return seconds;
  }

  async #throughPostfix(postfix: SigningPostfix, mails: number): Promise<number> {
    const { sink } = this;
    const before = sink.taken;
    sink.expect();
    const began = performance.now();
    const sourced = postfix.source(mails);
    const ended = await sink.until(before + mails);
    await sourced;
    return (mails * 1_000) / (ended - began);
  }

  async #ended(ids: readonly string[]): Promise<{ delivered: number; seconds: number }> {
    for (;;) {
      const outcome = await this.sender.outcome(ids);
      if (outcome.open === 0) return outcome;
      await sleep(100);
    }
  }

  async #cpu(): Promise<{ worker: number; postgres: number; temporal: number; sink: number }> {
    const { postgres, temporal } = this.stack.serverPids;
    const [worker, ofPostgres, ofTemporal, sink] = await Promise.all([
      cpuSeconds([this.stack.pid('worker')]),
      cpuSeconds([postgres]),
      cpuSeconds([temporal]),
      cpuSeconds([this.sink.pid]),
    ]);
    return { worker, postgres: ofPostgres, temporal: ofTemporal, sink };
  }

  /** Where the worker's main thread spends its time in a bulk send, by module. */
  async #shares(): Promise<Figures> {
    const shares = await profileShares(async (folder) => {
      await this.stack.start('worker', { environment: this.#environment, profileTo: folder });
      await this.#bulk(BULK, `profile${Date.now()}`);
      await this.stack.stop('worker');
    });
    return Object.fromEntries(shares.map(({ module, percent }) => [`main thread, % in ${module}`, percent]));
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
