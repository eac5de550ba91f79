import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';

export interface FakeClamd {
  address: { host: string; port: number };
  /** Connections that it was given so far. */
  readonly connections: number;
  /** Bytes of each stream that it was sent to its end. */
  readonly streams: number[];
  close(): void;
}

export interface FakeReplies {
  /** What it answers to VERSION; null: nothing. */
  version?: string | null;
  /** What it does with a stream, told its number, once it has ended. */
  stream: (send: (reply: string) => void, socket: Socket, number: number) => void;
  /** Ends the connection once a stream holds so many bytes. */
  hangsUpAt?: number;
}

/** Speaks clamd's IDSESSION; for what a real one cannot be made to do on demand. */
export async function startFakeClamd(replies: FakeReplies): Promise<FakeClamd> {
  const sockets = new Set<Socket>();
  const streams: number[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined); // the client closes as it likes
    serve(socket, replies, (bytes) => streams.push(bytes));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    address: { host: '127.0.0.1', port },
    get connections() {
      return connections;
    },
    streams,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function serve(socket: Socket, replies: FakeReplies, onStream: (bytes: number) => number): void {
  let pending = Buffer.alloc(0);
  let inStream = false;
  let streamed = 0;
  let commands = 0;
  socket.on('data', (data: Buffer) => {
    pending = Buffer.concat([pending, data]);
    for (;;) {
      if (inStream) {
        if (pending.length < 4) return;
        const length = pending.readUInt32BE();
        if (pending.length < 4 + length) return;
        pending = pending.subarray(4 + length);
        streamed += length;
        if (replies.hangsUpAt !== undefined && streamed >= replies.hangsUpAt) {
          socket.resetAndDestroy();
          return;
        }
        if (length > 0) continue;
        inStream = false;
        const number = commands;
        const count = onStream(streamed);
        replies.stream((reply) => socket.write(`${number}: ${reply}\0`), socket, count);
        streamed = 0;
        continue;
      }
      const end = pending.indexOf(0);
      if (end < 0) return;
      const command = pending.toString('latin1', 0, end);
      pending = pending.subarray(end + 1);
      if (command === 'zIDSESSION') continue;
      commands++;
      if (command === 'zINSTREAM') inStream = true;
      const version = replies.version === undefined ? 'ClamAV 1.0.0/1/today' : replies.version;
      if (command === 'zVERSION' && version !== null) socket.write(`${commands}: ${version}\0`);
    }
  });
}
