import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import dnsPacket, { type Answer, type DecodedPacket, type RecordType } from 'dns-packet';

/** What a name server of tests answers to a question; null: nothing at all. */
export interface Reply {
  answers?: Answer[];
  authorities?: Answer[];
  /** NOERROR where absent. */
  rcode?: number;
  /** Over UDP alone. */
  truncated?: boolean;
  /** The AD bit: verified by DNSSEC. */
  authenticated?: boolean;
}

export type Responder = (name: string, type: RecordType, over: 'udp' | 'tcp') => Reply | null;

/** A name server on loopback, UDP and TCP at one port. */
export interface DnsServer extends AsyncDisposable {
  /** For EVERPOST_DNS_SERVERS. */
  address: string;
  /** What it was asked, in order: `udp TXT example.org`. */
  asked: string[];
}

export async function startDnsServer(respond: Responder): Promise<DnsServer> {
  const asked: string[] = [];
  const answer = (bytes: Buffer, over: 'udp' | 'tcp'): Buffer | null => {
    const query = dnsPacket.decode(bytes);
    const [question] = query.questions ?? [];
    if (question === undefined) return null;
    const name = question.name.toLowerCase();
    asked.push(`${over} ${question.type} ${name}`);
    const reply = respond(name, question.type, over);
    return reply === null ? null : encodeReply(query, reply);
  };

  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    let received = Buffer.alloc(0);
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const reply = answer(received.subarray(2, 2 + received.readUInt16BE(0)), 'tcp');
      if (reply === null) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.write(Buffer.concat([length, reply]));
    });
  });
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket('udp4');
  udp.on('message', (bytes, from) => {
    const reply = answer(bytes, 'udp');
    if (reply !== null) udp.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      udp.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => tcp.close(resolve));
    },
  };
}

function encodeReply(query: DecodedPacket, reply: Reply): Buffer {
  const flags = dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE | (reply.rcode ?? 0);
  return dnsPacket.encode({
    type: 'response',
    id: query.id,
    flags:
      flags |
      (reply.truncated ? dnsPacket.TRUNCATED_RESPONSE : 0) |
      (reply.authenticated ? dnsPacket.AUTHENTIC_DATA : 0),
    questions: query.questions,
    answers: reply.truncated ? [] : (reply.answers ?? []),
    authorities: reply.authorities ?? [],
  });
}
