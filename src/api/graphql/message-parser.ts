import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { createLazyParser } from '../../adapters/lazy-parser.js';
import type { ParserPool, ParserPoolOptions } from '../../adapters/parser-pool.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';
import type { Opening } from '../../domain/protection.js';

/** Parses stored messages for what the API is asked about them, beside the event loop. */
@Injectable()
export class MessageParser implements OnModuleDestroy {
  readonly #pool: ParserPool;

  constructor(options: ParserPoolOptions) {
    this.#pool = createLazyParser(options);
  }

  /** @throws ParserIsolatedError for a message that its parser does not survive */
  parse(bytes: Buffer, opening?: Opening): Promise<ParsedMessage> {
    return this.#pool.parse(bytes, opening);
  }

  onModuleDestroy(): Promise<void> {
    return this.#pool.close();
  }
}
