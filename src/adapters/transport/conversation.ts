import { domainToASCII } from 'node:url';
import { readReply, type DialogueStage, type Reply } from '../../domain/onward.js';
import type { TransportJob } from '../../domain/outgoing/transport.js';
import { connectTo, Unreachable } from '../smtp/open-connection.js';
import type { RecipientAnswer, TransactionEnd } from '../smtp/dialogue.js';
import { SessionFailed, SmtpSession } from '../smtp/smtp-session.js';
import type { ConnectionPool, PooledConnection } from './connection-pool.js';
import type { AddressFamilies } from './families.js';
import { pathOf, type SendingRoute } from './sending-route.js';
import type { MailServer, Way } from './servers.js';

/** What came of trying the servers of a destination, one after the other. */
export interface Conversation {
  /** What was said last, of the message or of us; null: nothing was. */
  reply: Reply | null;
  stage: DialogueStage;
  /** Whether the end of the data was sent. */
  dataEnded: boolean;
  /** The server that was tried last. */
  remote: string | null;
  tls: string | null;
  /** What went wrong, in words; null: nothing did. */
  problem: string | null;
  /** Whether a server took part in a mail transaction: it is up. */
  answered: boolean;
}

export interface ConversationParts {
  pool: ConnectionPool;
  families: AddressFamilies;
  /** EVERPOST_SMTP_HOSTNAME. */
  helloName: string;
  replyTimeoutMs: number;
  now: () => number;
}

const LONGEST_CONNECT_MS = 30_000;

/** One try by one route. */
export interface Try {
  route: SendingRoute;
  job: TransportJob;
  credentials: { username: string; password: string } | null;
}

/**
 * Hands a message to the first of some hosts that takes part in a transaction. Once one has, no other is tried: what it
 * refuses is refused, and what it may have taken must not be sent twice.
 */
export async function converse(
  hosts: Extract<Way, { result: 'hosts' }>['hosts'],
  attempt: Try,
  parts: ConversationParts,
): Promise<Conversation> {
  const problems: string[] = [];
  let last: Conversation | null = null;
  for (const { find } of hosts) {
    const found = await find();
    if (found.result === 'refused') {
      problems.push(found.reason);
      continue;
    }
    const conversation = await tryServer(found.server, attempt, parts);
    if (conversation.answered || attempt.job.signal.aborted) return conversation;
    if (conversation.problem !== null) problems.push(conversation.problem);
    // A host that spoke says more than one that could not be reached.
    if (last === null || conversation.reply !== null) last = conversation;
  }
  const problem = problems.join('; ').slice(0, 1_000) || 'there is no server to try';
  return { ...(last ?? NOBODY), problem };
}

const NOBODY: Conversation = {
  reply: null,
  stage: 'connect',
  dataEnded: false,
  remote: null,
  tls: null,
  problem: null,
  answered: false,
};

async function tryServer(server: MailServer, attempt: Try, parts: ConversationParts): Promise<Conversation> {
  const key = keyOf(server, attempt.route);
  // One that has waited may have been closed as we began: that says nothing of the server, and nothing was sent.
  for (let idle = parts.pool.take(key); idle !== null; idle = parts.pool.take(key)) {
    const conversation = await transact(idle, key, attempt, parts);
    if (!wasStale(conversation) || attempt.job.signal.aborted) return conversation;
  }
  const opened = await open(server, attempt, parts);
  return 'session' in opened ? transact(opened, key, attempt, parts) : opened;
}

function wasStale({ stage, reply, dataEnded, problem }: Conversation): boolean {
  if (problem === null || dataEnded || (stage !== 'mail' && stage !== 'rcpt')) return false;
  return reply === null || reply.code === 421;
}

async function open(
  server: MailServer,
  attempt: Try,
  parts: ConversationParts,
): Promise<PooledConnection | Conversation> {
  const problems: string[] = [];
  let failed: Conversation | null = null;
  for (const address of server.addresses) {
    const opened = await openAt(server, address, attempt, parts);
    if ('session' in opened) return opened;
    problems.push(opened.problem ?? '');
    failed = opened;
    // It spoke: its other addresses are the same server.
    if (opened.stage === 'session' || attempt.job.signal.aborted) break;
  }
  return { ...(failed ?? NOBODY), problem: problems.join('; ') };
}

async function openAt(
  server: MailServer,
  address: string,
  attempt: Try,
  parts: ConversationParts,
): Promise<PooledConnection | Conversation> {
  const remote = `${server.host} [${address}]:${server.port}`;
  const failed = (more: Partial<Conversation>): Conversation => ({ ...NOBODY, remote, ...more });
  try {
    return await greet(server, address, remote, attempt, parts);
  } catch (error) {
    if (error instanceof Unreachable) {
      // From an address that a route names: what that cannot reach says nothing of this machine.
      if (attempt.route.sourceAddress === null)
        parts.families.failed(address, (error.cause as NodeJS.ErrnoException | undefined)?.code ?? null);
      return failed({ problem: error.message });
    }
    if (!(error instanceof SessionFailed)) throw error;
    if (error.tlsFailed && server.tls.mode === 'OPPORTUNISTIC' && !attempt.job.signal.aborted) {
      // RFC 7435: what can be had without asking is still better than nothing, and nothing was promised.
      return openAt({ ...server, tls: { mode: 'NONE', ca: null } }, address, attempt, parts);
    }
    return failed({ problem: `${remote}: ${error.message}`, reply: error.reply, stage: 'session' });
  }
}

async function greet(
  server: MailServer,
  address: string,
  remote: string,
  { route, job, credentials }: Try,
  parts: ConversationParts,
): Promise<PooledConnection> {
  const { replyTimeoutMs, now } = parts;
  const from = route.sourceAddress === null ? {} : { localAddress: route.sourceAddress };
  const to = { host: address, port: server.port, ...from };
  const socket = await connectTo(to, remote, Math.min(replyTimeoutMs, LONGEST_CONNECT_MS), job.signal);
  const session = await SmtpSession.open(
    socket,
    {
      protocol: 'SMTP',
      host: server.host,
      tls: server.tls,
      credentials,
      helloName: route.helloName ?? parts.helloName,
      replyTimeoutMs,
    },
    job.signal,
  );
  const tls = session.tls === null ? null : [session.tls, server.verified].filter(Boolean).join(', ');
  return { session, remote, tls, openedAt: now(), messages: 0 };
}

async function transact(
  connection: PooledConnection,
  key: string,
  { job }: Try,
  { pool }: ConversationParts,
): Promise<Conversation> {
  const { session, remote, tls } = connection;
  const mailFrom = withAsciiDomain(job.mailFrom);
  const recipient = withAsciiDomain(job.recipient);
  if (!isAscii(mailFrom + recipient) && !session.takesUtf8) {
    pool.give(key, connection);
    // RFC 6531 3.2: there is no way to write such an address down for a server that does not know them.
    const reply = readReply('553 5.6.7 its server takes no addresses that are not ASCII (SMTPUTF8)');
    return { reply, stage: 'mail', dataEnded: false, remote, tls, problem: null, answered: true };
  }
  connection.messages += 1;
  const { size, eightBit, body, beforeEnd, signal } = job;
  const transaction = { mailFrom, recipients: [recipient], size, eightBit, body, beforeEnd, signal };
  const end = await session.transact(transaction);
  pool.give(key, connection);
  return { ...answerOf(end), remote, tls, problem: end.problem, answered: true };
}

function answerOf({ answers }: TransactionEnd): Pick<RecipientAnswer, 'reply' | 'stage' | 'dataEnded'> {
  const { reply, stage, dataEnded } = answers[0]!;
  return { reply, stage, dataEnded };
}

/** Conversations under one key may carry each other's mail: same server, same user, same promises about TLS. */
function keyOf({ host, port, verified, verifiedFor, tls }: MailServer, route: SendingRoute): string {
  return JSON.stringify([pathOf(route), route.id, host, port, tls.mode, tls.ca, verified, verifiedFor]);
}

/** A domain in Unicode has a form that every server knows; a local part has not. */
function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 0 || isAscii(address.slice(at))) return address;
  const domain = domainToASCII(address.slice(at + 1));
  return domain === '' ? address : `${address.slice(0, at)}@${domain}`;
}

const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text);
