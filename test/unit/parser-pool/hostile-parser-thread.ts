import type { ParsedMessage } from '../../../src/domain/parsed-message.js';
import parse, { takeUp, type ParserTask } from '../../../src/engines/mime/parser-thread.js';

/** The real parser, except that a few message texts make it misbehave. */
export default async function hostile(task: ParserTask): Promise<ParsedMessage> {
  takeUp(task);
  const text = Buffer.from(task.raw).toString('latin1');
  if (text === 'hang') for (;;);
  if (text === 'exit') process.exit(7);
  if (text === 'throw') throw new Error('broken');
  if (text === 'memory') {
    const kept: string[][] = [];
    for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => `${kept.length}-${index}`));
  }
  if (text.startsWith('slow')) await new Promise((resolve) => setTimeout(resolve, 250));
  return parse(task);
}
