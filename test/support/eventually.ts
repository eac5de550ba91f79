import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats an assertion until it holds; its last failure is thrown when it never does. */
export async function eventually<T>(assertion: () => Promise<T> | T, withinMs = 20_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}
