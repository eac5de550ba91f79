import { ProviderFailure } from '../ai/capability.js';
import { ProgramFailure, runProgram } from '../programs/run-program.js';

export const SAMPLE_RATE = 16_000;
/** Longer recordings are heard to here. */
export const LONGEST_SECONDS = 600;
/** Bytes of a recording that are looked at. */
export const LARGEST_AUDIO = 25 * 1024 * 1024;
const DEADLINE_MS = 30_000;
const MEMORY_MB = 1_024;
const BYTES_PER_SECOND = SAMPLE_RATE * 2;

/** What mail programs and phones attach: containers that hold sound themselves, none that names other files. */
const DEMUXERS = 'wav,ogg,mp3,mov,mp4,m4a,matroska,webm,aac,flac,amr,aiff,caf';
const DECODERS =
  'opus,libopus,vorbis,libvorbis,mp3,mp3float,aac,aac_fixed,alac,flac,amrnb,amrwb,pcm_s16le,pcm_s16be,pcm_u8,pcm_s24le,pcm_s32le,pcm_f32le,pcm_alaw,pcm_mulaw,adpcm_ima_wav,adpcm_ms,gsm_ms,gsm';

export interface DecodedAudio {
  /** 16 bits, little endian, one channel, 16 kHz. */
  samples: Int16Array;
  seconds: number;
  /** The recording goes on beyond what is decoded. */
  cut: boolean;
}

/**
 * Decodes a recording of a stranger, by ffmpeg in a process of its own: it reads the bytes it is given and nothing else
 * (no network, no files that a playlist names), under limits of time, memory and length.
 *
 * @throws ProviderFailure `refused` for what is no sound, `unreachable` where ffmpeg is not installed
 */
export async function decodeAudio(audio: Buffer, signal: AbortSignal): Promise<DecodedAudio> {
  if (audio.length > LARGEST_AUDIO) {
    throw new ProviderFailure('refused', `the recording has more than ${LARGEST_AUDIO} bytes`);
  }
  const pcm = await runProgram({
    program: 'ffmpeg',
    args: [
      '-nostdin',
      '-hide_banner',
      '-loglevel',
      'error',
      '-threads',
      '1',
      '-protocol_whitelist',
      'cache,pipe',
      '-format_whitelist',
      DEMUXERS,
      '-codec_whitelist',
      DECODERS,
      // An MP4 may have its index at its end: what was read is kept, so that the reader may go there.
      '-read_ahead_limit',
      '-1',
      '-i',
      'cache:pipe:0',
      '-map',
      '0:a:0',
      '-vn',
      '-sn',
      '-dn',
      '-map_metadata',
      '-1',
      '-t',
      String(LONGEST_SECONDS + 1),
      '-threads',
      '1',
      '-ac',
      '1',
      '-ar',
      String(SAMPLE_RATE),
      '-f',
      's16le',
      'pipe:1',
    ],
    input: audio,
    deadlineMs: DEADLINE_MS,
    maxOutputBytes: (LONGEST_SECONDS + 2) * BYTES_PER_SECOND,
    maxMemoryMb: MEMORY_MB,
    signal,
  }).catch(asProviderFailure);
  const whole = Math.floor(Math.min(pcm.length, LONGEST_SECONDS * BYTES_PER_SECOND) / 2);
  if (whole === 0) throw new ProviderFailure('refused', 'the recording holds no sound');
  const samples = new Int16Array(whole);
  for (let at = 0; at < whole; at++) samples[at] = pcm.readInt16LE(at * 2);
  return { samples, seconds: whole / SAMPLE_RATE, cut: pcm.length > LONGEST_SECONDS * BYTES_PER_SECOND };
}

function asProviderFailure(error: unknown): never {
  if (!(error instanceof ProgramFailure)) throw error;
  switch (error.problem) {
    case 'absent':
      throw new ProviderFailure('unreachable', 'ffmpeg, which recordings are read with, is not installed');
    case 'canceled':
      throw new ProviderFailure('timeout', error.message);
    case 'deadline':
      throw new ProviderFailure('refused', `the recording took ffmpeg longer than ${DEADLINE_MS} ms`);
    case 'output':
    case 'exit':
      throw new ProviderFailure('refused', 'the recording is in no form that ffmpeg reads');
  }
}

/** The samples as a WAV file. */
export function asWav(samples: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  const bytes = samples.length * 2;
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(BYTES_PER_SECOND, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  return Buffer.concat([header, asBytes(samples)]);
}

/** Little endian, whatever the machine is. */
export function asBytes(samples: Int16Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let at = 0; at < samples.length; at++) bytes.writeInt16LE(samples[at]!, at * 2);
  return bytes;
}
