import { pino, type Logger } from 'pino';

export type { Logger };

/** One JSON line an entry on standard output. What a secret could stand in is never given to it. */
export function createLogger(service: string, level: string): Logger {
  return pino({ level, base: { service, pid: process.pid }, redact: ['*.token', '*.password', '*.authorization'] });
}
