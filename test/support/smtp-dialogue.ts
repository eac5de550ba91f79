import { connect, type Socket } from 'node:net';
import tls from 'node:tls';

/** A conversation over a raw socket: what a client sends is exactly what the test writes. */
export class SmtpDialogue {
  #socket: Socket;
  #buffered = '';
  #ended = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  /** Connects and reads the greeting. */
  static async open(port: number): Promise<SmtpDialogue> {
    const socket = connect({ port, host: '127.0.0.1' });
    const dialogue = new SmtpDialogue(socket);
    await dialogue.reply();
    return dialogue;
  }

  /** Connects, and reads what the server says first. */
  static async greeting(port: number): Promise<string> {
    const dialogue = new SmtpDialogue(connect({ port, host: '127.0.0.1' }));
    const greeting = await dialogue.reply();
    dialogue.abort();
    return greeting;
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** The next reply, all its lines, without the last line end; '' when the server has closed. */
  async reply(): Promise<string> {
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(this.#buffered);
      if (whole !== null) {
        this.#buffered = this.#buffered.slice(whole[0].length);
        return whole[0].trimEnd();
      }
      if (this.#ended) return '';
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async command(line: string): Promise<string> {
    this.write(`${line}\r\n`);
    return this.reply();
  }

  /** EHLO, MAIL, RCPT and DATA up to its 354. */
  async envelope(from: string, ...recipients: string[]): Promise<void> {
    for (const line of ['EHLO client.example', `MAIL FROM:<${from}>`, ...recipients.map((to) => `RCPT TO:<${to}>`)]) {
      const reply = await this.command(line);
      if (!reply.startsWith('250')) throw new Error(`${line}: ${reply}`);
    }
    const reply = await this.command('DATA');
    if (!reply.startsWith('354')) throw new Error(`DATA: ${reply}`);
  }

  /** One whole mail transaction; the reply to its data. */
  async send(mail: Buffer, from: string, ...recipients: string[]): Promise<string> {
    await this.envelope(from, ...recipients);
    this.write(dotStuffed(mail));
    return this.command('.');
  }

  async startTls(): Promise<void> {
    const reply = await this.command('STARTTLS');
    if (!reply.startsWith('220')) throw new Error(reply);
    this.#socket.removeAllListeners();
    const secured = tls.connect({ socket: this.#socket, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => secured.once('secureConnect', resolve).once('error', reject));
    this.#socket = secured;
    this.#listen();
  }

  async quit(): Promise<string> {
    const reply = await this.command('QUIT');
    this.#socket.end();
    return reply;
  }

  /** Ends the connection as a crash does, with a reset. */
  abort(): void {
    this.#socket.resetAndDestroy();
  }

  /** Ends the connection in good order, without QUIT. */
  close(): void {
    this.#socket.end();
  }

  #listen(): void {
    this.#socket.on('data', (chunk) => {
      this.#buffered += chunk.toString('latin1');
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    this.#socket.on('end', end).on('close', end).on('error', end);
  }
}

/** RFC 5321 4.5.2. Ends in CRLF, so that a lone dot may follow. */
export function dotStuffed(mail: Buffer): Buffer {
  const text = mail.toString('latin1');
  const ended = text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`;
  return Buffer.from(ended.replace(/^\./gm, '..'), 'latin1');
}

const ID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

/** The message ids that a 250 names. */
export function acceptedIds(reply: string): string[] {
  if (!reply.startsWith('250 2.0.0 accepted as ')) throw new Error(`not accepted: ${reply}`);
  return reply.match(ID) ?? [];
}
