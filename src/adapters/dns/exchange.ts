import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import dnsPacket, { type DecodedPacket, type Packet, type RecordType } from 'dns-packet';
import { DnsError } from './dns-error.js';
import { isVersion6, type ServerAddress } from './server-address.js';

export interface Question {
  /** Lower case, without a dot at its end. */
  name: string;
  type: RecordType;
}

/** What fits into one packet on every path (DNS flag day 2020); larger answers come over TCP. */
const UDP_BYTES = 1_232;
const FORMERR = 1;

/**
 * Asks one server: over UDP from a port and with an id that cannot be guessed, over TCP where the answer was
 * truncated (RFC 7766 5), without EDNS where the server does not know it (RFC 6891 7).
 *
 * @throws DnsError ETIMEOUT, or EBADRESP where the server cannot be reached or does not speak DNS
 */
export async function askServer(server: ServerAddress, question: Question, timeoutMs: number): Promise<DecodedPacket> {
  const query = queryFor(question, true);
  const answer = await overUdp(server, query, timeoutMs);
  if (answer.flag_tc) return overTcp(server, query, timeoutMs);
  if (((answer.flags ?? 0) & 0xf) === FORMERR) {
    const plain = await overUdp(server, queryFor(question, false), timeoutMs);
    return plain.flag_tc ? overTcp(server, queryFor(question, false), timeoutMs) : plain;
  }
  return answer;
}

function queryFor({ name, type }: Question, edns: boolean): Packet & { id: number } {
  return {
    type: 'query',
    id: randomInt(65_536),
    // RFC 6840 5.7: tells a validating resolver that we want to know whether it could verify the answer.
    flags: dnsPacket.RECURSION_DESIRED | dnsPacket.AUTHENTIC_DATA,
    questions: [{ type, name, class: 'IN' }],
    additionals: edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: UDP_BYTES,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  };
}

function overUdp(server: ServerAddress, query: Packet & { id: number }, timeoutMs: number): Promise<DecodedPacket> {
  const bytes = dnsPacket.encode(query);
  const socket = createSocket(isVersion6(server) ? 'udp6' : 'udp4');
  return new Promise<DecodedPacket>((resolve, reject) => {
    const timer = setTimeout(() => reject(timedOut(server, query)), timeoutMs);
    const settle = (then: () => void) => {
      clearTimeout(timer);
      then();
    };
    socket.on('error', (error) => settle(() => reject(unreachable(server, error))));
    // What is no answer to this query was sent by somebody else: the right one may still come.
    socket.on('message', (packet) => {
      const answer = readAnswer(packet, query);
      if (answer !== null) settle(() => resolve(answer));
    });
    // Connected, the socket takes packets of this server alone and learns when nobody listens there.
    socket.connect(server.port, server.address, (failure?: Error) => {
      if (failure) return settle(() => reject(unreachable(server, failure)));
      socket.send(bytes, (error) => {
        if (error) settle(() => reject(unreachable(server, error)));
      });
    });
  }).finally(() => socket.close());
}

function overTcp(server: ServerAddress, query: Packet & { id: number }, timeoutMs: number): Promise<DecodedPacket> {
  const bytes = dnsPacket.streamEncode(query);
  const socket = connect({ host: server.address, port: server.port });
  let timer: NodeJS.Timeout | undefined;
  return new Promise<DecodedPacket>((resolve, reject) => {
    timer = setTimeout(() => reject(timedOut(server, query)), timeoutMs);
    let received = Buffer.alloc(0);
    socket.on('error', (error) => reject(unreachable(server, error)));
    socket.on('close', () => reject(unreachable(server, new Error('it closed the connection'))));
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      // Two bytes of length go before it (RFC 1035 4.2.2), so that it ends at 64 KB.
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const answer = readAnswer(received.subarray(2, 2 + received.readUInt16BE(0)), query);
      if (answer === null) reject(unreachable(server, new Error('its answer is none to the question')));
      else resolve(answer);
    });
  }).finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

function readAnswer(bytes: Buffer, query: Packet & { id: number }): DecodedPacket | null {
  let answer: DecodedPacket;
  try {
    answer = dnsPacket.decode(bytes);
  } catch {
    // Not a DNS message, or a broken one: nothing that the server would send is in it.
    return null;
  }
  if (!answer.flag_qr || answer.id !== query.id) return null;
  const [asked] = query.questions ?? [];
  const [echoed] = answer.questions ?? [];
  // A server that refuses a query may leave the question out.
  if (echoed === undefined) return ((answer.flags ?? 0) & 0xf) === 0 ? null : answer;
  return echoed.type === asked?.type && echoed.name.toLowerCase() === asked.name ? answer : null;
}

function timedOut(server: ServerAddress, query: Packet): DnsError {
  return new DnsError('ETIMEOUT', `${server.address} did not answer for ${named(query)}`);
}

function unreachable(server: ServerAddress, error: Error): DnsError {
  return new DnsError('EBADRESP', `${server.address} could not be asked: ${error.message}`);
}

const named = (query: Packet): string => (query.questions ?? []).map(({ name, type }) => `${type} ${name}`).join();
