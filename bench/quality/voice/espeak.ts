import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Speech made by espeak-ng, as a WAV file. */
export async function speak(text: string, voice: string, speed: number): Promise<Buffer> {
  const { stdout } = await run('espeak-ng', ['-v', voice, '-s', String(speed), '--stdout', text], {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
