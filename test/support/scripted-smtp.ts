import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What a server says; `DROP` breaks the connection off, `HANG` says nothing. */
export const DROP = Symbol('drop');
export const HANG = Symbol('hang');
export type Say = string | typeof DROP | typeof HANG;

export interface Taken {
  connection: number;
  mailFrom: string;
  recipient: string;
  data: string;
  tls: boolean;
}

/** By what was said: a reply (with its line end, or none for the usual one). `at` counts from 1. */
export interface Script {
  greeting?: (connection: number) => Say | undefined;
  /** After a whole command line; undefined: as a server would that takes everything. */
  command?: (line: string, connection: number) => Say | undefined;
  /** In the middle of the data. */
  data?: (text: string) => Say | undefined;
  /** May take its time: nothing else is read of this conversation meanwhile. */
  end?: (taken: Taken, at: number) => Say | undefined | Promise<Say>;
  /** Lines of EHLO beside the name. */
  extensions?: string[];
  tls?: { cert: string; key: string };
}

/** An SMTP server that does as it is told, and remembers what it was told. */
export class ScriptedSmtp {
  readonly taken: Taken[] = [];
  readonly commands: string[] = [];
  connections = 0;
  /** Conversations that are open, and the most that were at once. */
  open = 0;
  mostOpen = 0;
  script: Script;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(script: Script) {
    this.script = script;
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  static async start(script: Script = {}, at: { host?: string; port?: number } = {}): Promise<ScriptedSmtp> {
    const server = new ScriptedSmtp(script);
    server.#server.listen(at.port ?? 0, at.host ?? '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    const connection = ++this.connections;
    this.#sockets.add(socket);
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.open -= 1;
    });
    new Conversation(this, socket, connection).greet();
  }
}

class Conversation {
  #read = '';
  #inData = false;
  #tls = false;
  #mailFrom = '';
  #recipient = '';
  #socket: Socket;

  constructor(
    readonly server: ScriptedSmtp,
    socket: Socket,
    readonly connection: number,
  ) {
    this.#socket = socket;
    this.#listen();
  }

  greet(): void {
    this.#say(this.server.script.greeting?.(this.connection) ?? '220 scripted ESMTP\r\n');
  }

  #listen(): void {
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (chunk: Buffer) => {
      this.#read += chunk.toString('latin1');
      while (!this.#socket.destroyed && this.#next());
    });
  }

  #next(): boolean {
    if (this.#inData) return this.#data();
    const end = this.#read.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#read.slice(0, end);
    this.#read = this.#read.slice(end + 2);
    this.server.commands.push(line);
    this.#command(line);
    return true;
  }

  #data(): boolean {
    const early = this.server.script.data?.(this.#read);
    if (early !== undefined) this.#say(early);
    const text = `\r\n${this.#read}`;
    const end = text.indexOf('\r\n.\r\n');
    if (end < 0 || this.#socket.destroyed) return false;
    this.#inData = false;
    const data = text.slice(2, Math.max(2, end)).replace(/^\./gm, '');
    this.#read = text.slice(end + 5);
    const { connection } = this;
    const taken = { connection, mailFrom: this.#mailFrom, recipient: this.#recipient, data, tls: this.#tls };
    const said =
      this.server.script.end?.(taken, this.server.taken.length + 1) ?? '250 2.0.0 Ok: queued as 4X1Y2Z3ABC\r\n';
    if (said instanceof Promise) void said.then((late) => this.#ended(taken, late));
    else this.#ended(taken, said);
    return !(said instanceof Promise);
  }

  #ended(taken: Taken, said: Say): void {
    if (typeof said === 'string' && said.startsWith('250')) this.server.taken.push(taken);
    this.#say(said);
  }

  #command(line: string): void {
    const said = this.server.script.command?.(line, this.connection);
    const ok = said === undefined || (typeof said === 'string' && /^[23]/.test(said));
    const verb = line.slice(0, 4).toUpperCase();
    if (ok && verb === 'MAIL') this.#mailFrom = /<(.*?)>/.exec(line)?.[1] ?? '';
    if (ok && verb === 'RCPT') this.#recipient = /<(.*?)>/.exec(line)?.[1] ?? '';
    this.#say(said ?? this.#usual(verb));
    if (ok && verb === 'DATA') this.#inData = true;
    if (verb === 'QUIT') this.#socket.end();
    if (verb === 'STAR' && said === undefined && this.server.script.tls !== undefined)
      this.#upgrade(this.server.script.tls);
  }

  #usual(verb: string): string {
    if (verb === 'EHLO') {
      const tls = this.server.script.tls !== undefined && !this.#tls ? ['STARTTLS'] : [];
      const lines = ['scripted', ...(this.server.script.extensions ?? ['PIPELINING', '8BITMIME', 'SMTPUTF8']), ...tls];
      return lines.map((text, at) => `250${at === lines.length - 1 ? ' ' : '-'}${text}\r\n`).join('');
    }
    if (verb === 'STAR') return this.server.script.tls === undefined ? '502 5.5.1 no\r\n' : '220 go on\r\n';
    return verb === 'DATA' ? '354 go on\r\n' : '250 2.1.0 ok\r\n';
  }

  #upgrade({ cert, key }: { cert: string; key: string }): void {
    this.#socket.removeAllListeners('data');
    const secured = new TLSSocket(this.#socket, { isServer: true, cert, key });
    this.#socket = secured;
    this.#tls = true;
    this.#read = '';
    this.#listen();
  }

  #say(what: Say): void {
    if (what === DROP) this.#socket.destroy();
    else if (what !== HANG) this.#socket.write(what);
  }
}
