import { nextHopName } from '../../domain/next-hop.js';
import { openConnection, Unreachable, type Endpoint } from '../smtp/open-connection.js';
import { sendMail, type MailTransaction, type TransactionReport } from './smtp-client.js';

export type Mail = Omit<MailTransaction, 'endpoint' | 'socket'>;

export interface HandOver {
  /** Null where no server was reached. */
  report: TransactionReport | null;
  /** The last server that was tried. */
  remote: string;
  /** Why it did not come to its end; null where it did. */
  problem: string | null;
}

const LONGEST_CONNECT_MS = 30_000;

/**
 * Hands a mail to the first of some servers that takes part in a transaction. Once one has, no other is tried: what it
 * refuses is refused, and what it may have taken must not be sent twice.
 */
export async function handOver(endpoints: readonly Endpoint[], mail: Mail): Promise<HandOver> {
  let last: HandOver = { report: null, remote: '', problem: 'there is no server to try' };
  for (const endpoint of endpoints) {
    last = await tryServer(endpoint, mail);
    if (last.report?.tlsFailed === true && endpoint.tls === 'OPPORTUNISTIC') {
      last = await tryServer({ ...endpoint, tls: 'NONE' }, mail);
    }
    if (last.report?.answered === true || mail.signal.aborted) return last;
  }
  return last;
}

async function tryServer(endpoint: Endpoint, mail: Mail): Promise<HandOver> {
  const remote = nextHopName(endpoint);
  try {
    const timeoutMs = Math.min(mail.replyTimeoutMs, LONGEST_CONNECT_MS);
    const socket = await openConnection(endpoint, timeoutMs, mail.signal);
    const report = await sendMail({ ...mail, endpoint, socket });
    return { report, remote, problem: report.problem };
  } catch (error) {
    if (error instanceof Unreachable || mail.signal.aborted) {
      return { report: null, remote, problem: (error as Error).message };
    }
    throw error;
  }
}
