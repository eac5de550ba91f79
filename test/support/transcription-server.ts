import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a transcription service reads it. */
export interface TranscriptionCall {
  authorization: string | undefined;
  model: string | null;
  format: string | null;
  prompt: string | null;
  audio: Buffer;
  /** Of a WAV file. */
  seconds: number;
}

export interface TranscriptionServer {
  /** With `/v1`, as OpenAI's is given. */
  readonly url: string;
  readonly calls: TranscriptionCall[];
  /** What was said in a recording. */
  hear: (call: TranscriptionCall) => { text: string; language?: string; logProbability?: number; silence?: number };
  /** What it does in place of an answer. */
  ill: ((response: ServerResponse, call: TranscriptionCall) => void) | null;
  close(): Promise<void>;
}

export const TRANSCRIPTION_KEY = 'sk-test-key';
const LARGEST_BYTES = 25 * 1024 * 1024;

/**
 * A server that speaks OpenAI's `POST /v1/audio/transcriptions`: multipart in, `json` or `verbose_json` out, its errors
 * (400 without a file or for what is no WAV, 401 without the key, 404 elsewhere, 413 for what is too large).
 */
export async function startTranscriptionServer(): Promise<TranscriptionServer> {
  const calls: TranscriptionCall[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { authorization, 'content-type': type = '' } = request.headers;
      if (request.method !== 'POST' || request.url !== '/v1/audio/transcriptions') {
        return refuse(response, 404, 'Invalid URL', 'invalid_request_error', null);
      }
      if (authorization !== `Bearer ${TRANSCRIPTION_KEY}`) {
        const said = `Incorrect API key provided: ${authorization ?? ''}.`;
        return refuse(response, 401, said, 'invalid_request_error', 'invalid_api_key');
      }
      const form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData();
      const file = form.get('file');
      const field = (name: string) => {
        const value = form.get(name);
        return typeof value === 'string' ? value : null;
      };
      if (file === null || typeof file === 'string' || field('model') === null) {
        return refuse(response, 400, 'you must provide a model and a file', 'invalid_request_error', null);
      }
      const audio = Buffer.from(await file.arrayBuffer());
      if (audio.length > LARGEST_BYTES) {
        return refuse(response, 413, 'Maximum content size limit exceeded', 'server_error', null);
      }
      if (audio.toString('latin1', 0, 4) !== 'RIFF' || !file.name.endsWith('.wav')) {
        return refuse(response, 400, 'Invalid file format.', 'invalid_request_error', 'invalid_value');
      }
      const seconds = (audio.length - 44) / audio.readUInt32LE(28);
      const call: TranscriptionCall = {
        authorization,
        model: field('model'),
        format: field('response_format'),
        prompt: field('prompt'),
        audio,
        seconds,
      };
      calls.push(call);
      if (it.ill !== null) return it.ill(response, call);
      const { text, language = 'english', logProbability = -0.2, silence = 0.01 } = it.hear(call);
      const segment = { id: 0, seek: 0, start: 0, end: seconds, text, tokens: [50_364], temperature: 0 };
      const verbose = {
        task: 'transcribe',
        language,
        duration: seconds,
        segments: [{ ...segment, avg_logprob: logProbability, compression_ratio: 1.2, no_speech_prob: silence }],
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...(call.format === 'verbose_json' ? verbose : {}), text }));
    })().catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const it: TranscriptionServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    hear: () => ({ text: '' }),
    ill: null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return it;
}

/** As OpenAI words its refusals. */
export function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  type: string,
  code: string | null,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message, type, param: null, code } }));
}

/** A WAV file with a tone: 16 kHz, 16 bits, one channel. */
export function toneWav(seconds: number, hertz = 440): Buffer {
  const samples = Math.round(seconds * 16_000);
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(16_000, 24);
  wav.writeUInt32LE(32_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at++) {
    wav.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * hertz * at) / 16_000)), 44 + at * 2);
  }
  return wav;
}
