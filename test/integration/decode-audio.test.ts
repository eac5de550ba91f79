import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { hasProgram } from '../../src/adapters/programs/run-program.js';
import { decodeAudio } from '../../src/adapters/voice/decode-audio.js';
import { lacking } from '../support/summary-reporter.js';

const signal = new AbortController().signal;

it.for(['wav', 'ogg', 'mp3', 'm4a', 'webm', 'flac'])('hears %s', async (form, context) => {
  if (!hasProgram('ffmpeg')) context.skip(lacking('ffmpeg'));
  const folder = mkdtempSync(path.join(tmpdir(), 'everpost-tone-'));
  try {
    const file = path.join(folder, `tone.${form}`);
    const codec = form === 'ogg' || form === 'webm' ? ['-c:a', 'libopus'] : [];
    execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'sine=440:duration=2', ...codec, file]);
    const { samples, seconds } = await decodeAudio(readFileSync(file), signal);
    expect(seconds).toBeCloseTo(2, 0);
    expect(samples.some((sample) => sample > 1_000)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.for<[string, Buffer]>([
  ['noise', Buffer.alloc(50_000, 'noise')],
  ['a playlist that names a file', Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n')],
  ['a concat script', Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n")],
  ['nothing', Buffer.alloc(0)],
])('refuses %s', async ([, bytes], context) => {
  if (!hasProgram('ffmpeg')) context.skip(lacking('ffmpeg'));
  await expect(decodeAudio(bytes, signal)).rejects.toMatchObject({ name: 'ProviderFailure', failure: 'refused' });
});
