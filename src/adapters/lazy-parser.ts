import { createParserPool, type ParserPool, type ParserPoolOptions } from './parser-pool.js';

/** A parser pool for a process that seldom parses: its threads start with the first message. */
export function createLazyParser(options: ParserPoolOptions): ParserPool {
  let pool: ParserPool | null = null;
  return {
    parse(raw, opening) {
      pool ??= createParserPool(options);
      return pool.parse(raw, opening);
    },
    async close() {
      await pool?.close();
      pool = null;
    },
  };
}
