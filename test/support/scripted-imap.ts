import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface ScriptedMessage {
  uid: number;
  bytes: Buffer;
}

export interface ImapScript {
  messages: ScriptedMessage[];
  /** What it answers to LOGIN; null lets everybody in. */
  refuse?: (line: string) => string;
  /** Messages that it lists and says nothing about when asked for their content. */
  withhold?: (uid: number) => boolean;
  /** Writes what it likes instead of the content of a message, and nothing after it; false sends the content. */
  content?: (message: ScriptedMessage, socket: Socket) => boolean;
}

/** As much of an IMAP server (RFC 3501, no extensions) as a sync needs, which misbehaves as a test wants it. */
export class ScriptedImap {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #script: ImapScript;
  logins = 0;

  private constructor(script: ImapScript) {
    this.#script = script;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(script: ImapScript): Promise<ScriptedImap> {
    const server = new ScriptedImap(script);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined); // the client may go at any time
    socket.on('close', () => this.#sockets.delete(socket));
    socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
    createInterface({ input: socket }).on('line', (line) => {
      const [tag = '', ...words] = line.split(' ');
      const command = (words[0] === 'UID' ? words.slice(0, 2) : words.slice(0, 1)).join(' ').toUpperCase();
      const done = this.#answer(command, line, socket);
      if (done !== null) socket.write(`${tag} ${done}\r\n`);
    });
  }

  /** @returns the tagged answer; null where there is none */
  #answer(command: string, line: string, socket: Socket): string | null {
    const { messages, refuse } = this.#script;
    switch (command) {
      case 'CAPABILITY':
        socket.write('* CAPABILITY IMAP4rev1\r\n');
        return 'OK done';
      case 'LOGIN':
        this.logins += 1;
        return refuse?.(line) ?? 'OK welcome';
      case 'LIST':
        socket.write('* LIST () "/" INBOX\r\n');
        return 'OK done';
      case 'SELECT':
      case 'EXAMINE':
        socket.write(`* ${messages.length} EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n`);
        socket.write(`* OK [UIDNEXT ${Math.max(0, ...messages.map(({ uid }) => uid)) + 1}] next\r\n`);
        return 'OK [READ-ONLY] done';
      case 'UID SEARCH':
        socket.write(`* SEARCH ${messages.map(({ uid }) => uid).join(' ')}\r\n`);
        return 'OK done';
      case 'UID FETCH':
        return this.#fetch(line, socket);
      default:
        return 'OK done';
    }
  }

  #fetch(line: string, socket: Socket): string | null {
    const wanted = uidsOf(line);
    for (const [index, message] of this.#script.messages.entries()) {
      if (!wanted(message.uid)) continue;
      const { uid, bytes } = message;
      if (line.includes('BODY.PEEK[]')) {
        if (this.#script.withhold?.(uid) === true) continue;
        if (this.#script.content?.(message, socket) === true) return null;
        socket.write(`* ${index + 1} FETCH (UID ${uid} BODY[]<0> {${bytes.length}}\r\n`);
        socket.write(bytes);
        socket.write(')\r\n');
      } else {
        socket.write(
          `* ${index + 1} FETCH (UID ${uid} RFC822.SIZE ${bytes.length} INTERNALDATE "20-Nov-2026 10:00:0${index % 10} +0000" ` +
            `ENVELOPE (NIL "x" NIL NIL NIL NIL NIL NIL NIL "<${uid}@there.example>"))\r\n`,
        );
      }
    }
    return 'OK done';
  }
}

function uidsOf(line: string): (uid: number) => boolean {
  const ranges = line
    .split(' ')[3]!
    .split(',')
    .map((range) => range.split(':').map(Number));
  return (uid) => ranges.some(([first, last = first]) => uid >= first! && uid <= last!);
}
