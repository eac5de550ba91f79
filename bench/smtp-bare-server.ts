import { open } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/**
 * What the intake is measured against: smtp-server as it comes, which appends each message to one file and answers 250
 * after an fsync that concurrent messages share. No recipients are checked, nothing is hashed, indexed or found again.
 *
 *     node smtp-bare-server.js FILE
 *
 * Prints its port.
 */
const file = await open(process.argv[2]!, 'a');
let waiting: { bytes: Buffer[]; done: (error: Error | null) => void }[] = [];
let writing = false;

async function writeOn(): Promise<void> {
  if (writing) return;
  writing = true;
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    let failure: Error | null = null;
    try {
      await file.writev(batch.flatMap(({ bytes }) => bytes));
      await file.datasync();
    } catch (error) {
      failure = error as Error;
    }
    for (const { done } of batch) done(failure);
  }
  writing = false;
}

const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  size: 50 * 1024 * 1024,
  onData(stream, _session, callback) {
    const bytes: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => bytes.push(chunk));
    stream.once('end', () => {
      waiting.push({ bytes, done: (error) => callback(error, 'accepted') });
      void writeOn();
    });
  },
});
server.on('error', () => undefined); // a client that left: its session is over, nothing else
server.listen(0, '127.0.0.1', () => console.log((server.server.address() as AddressInfo).port));
process.once('SIGTERM', () => process.exit(0));
