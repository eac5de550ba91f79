import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Database } from '../../adapters/database/database.js';
import { noteContact, purgeGreylist, readContact } from '../../adapters/intake/greylist.js';
import { readIntakePolicy, type OrganizationIntake } from '../../adapters/intake/intake-policies.js';
import { addToRates, purgeRates } from '../../adapters/intake/sender-rates.js';
import { decidingEntry } from '../../domain/address-list.js';
import type { BlockList, BlockListAnswer } from '../../domain/block-list.js';
import {
  greylist,
  isUnusual,
  NOTHING_NOTED,
  type IntakeNotes,
  type IntakeRefusal,
} from '../../domain/intake-policy.js';
import { SmtpReply } from '../replies.js';
import { askBlockList, type AddressResolver } from './block-lists.js';
import { isInNetworkOf, networkOf } from './networks.js';
import { SenderRates } from './sender-rates.js';

/** As old as what the directory answers with. */
const FRESH_MS = 1_000;
const REMEMBERED = 1_000;
/** A client is asked for once for all its recipients, a list that does not answer waited for once. */
const ANSWERS = { max: 10_000, ttl: 60_000 };

export interface PolicyRecipient {
  address: string;
  organizationId: string;
  mailboxId: string | null;
}

export interface PolicySession {
  clientAddress: string;
  mailFrom: string;
}

export interface ClientPolicyOptions {
  database: Pick<Database, 'query'>;
  /** Null where DNS is switched off: no list is asked. */
  resolve: AddressResolver | null;
  logger: Logger;
}

/** A recipient's verdict: a refusal, or what is to be kept with the message. */
export type ClientVerdict =
  { refusal: SmtpReply; by: IntakeRefusal; notes: null } | { refusal: null; notes: IntakeNotes };

/**
 * Lists, DNS block lists and greylisting of the recipient's organization, asked at RCPT. What cannot be asked (the database,
 * a name server) refuses nobody.
 */
export class ClientPolicy {
  readonly #options: ClientPolicyOptions;
  readonly #known = new LRUCache<string, { at: number; intake: OrganizationIntake }>({ max: REMEMBERED });
  readonly #loading = new Map<string, Promise<OrganizationIntake>>();
  readonly #answers = new LRUCache<string, Promise<BlockListAnswer>>(ANSWERS);
  readonly #rates = new SenderRates();

  constructor(options: ClientPolicyOptions) {
    this.#options = options;
  }

  async atRcpt(session: PolicySession, recipient: PolicyRecipient): Promise<ClientVerdict> {
    try {
      return await this.#judge(session, recipient);
    } catch (error) {
      this.#options.logger.warn(
        { error: String(error) },
        'the intake policy could not be asked: nobody is refused by it',
      );
      return { refusal: null, notes: NOTHING_NOTED };
    }
  }

  /** Counts a message that is about to be taken; where its source sends far more than usual, says so. */
  async rateOf({ clientAddress, mailFrom }: PolicySession, organizationId: string): Promise<IntakeNotes['rate']> {
    const domain = mailFrom.slice(mailFrom.lastIndexOf('@') + 1).toLowerCase();
    const sources = [networkOf(clientAddress), ...(domain === '' ? [] : [domain])];
    const rates = sources.map((source) => ({ source, ...this.#rates.count(organizationId, source, Date.now()) }));
    try {
      const { policy } = await this.#intakeOf(organizationId);
      for (const { source, thisHour, usual } of rates) {
        if (usual !== null && isUnusual(thisHour, usual, policy)) return { source, thisHour, usual };
      }
    } catch {
      // The database is away: the caller's commit will say what is wrong.
    }
    return null;
  }

  /** Shares what was counted with the other processes. */
  async flush(): Promise<void> {
    await this.#rates.flush((counted) => addToRates(this.#options.database, counted));
  }

  async purge(): Promise<void> {
    await purgeGreylist(this.#options.database);
    await purgeRates(this.#options.database);
  }

  async #judge(session: PolicySession, recipient: PolicyRecipient): Promise<ClientVerdict> {
    const { policy, entries } = await this.#intakeOf(recipient.organizationId);
    const { clientAddress, mailFrom } = session;
    const entry = decidingEntry(
      entries,
      {
        senders: mailFrom === '' ? [] : [inAscii(mailFrom)],
        recipient: inAscii(recipient.address),
        mailboxId: recipient.mailboxId,
      },
      isInNetworkOf(clientAddress),
    );
    if (entry?.list === 'deny') return refused('list', new SmtpReply(550, `5.7.1 ${DENIALS[entry.subject]}`));
    if (entry !== null) {
      return { refusal: null, notes: { ...NOTHING_NOTED, allowedBy: `${entry.subject} ${entry.pattern}` } };
    }
    const notes: IntakeNotes = { ...NOTHING_NOTED, listedBy: [], unusableLists: [] };
    const { resolve } = this.#options;
    const asked = resolve === null ? [] : policy.blockLists;
    const answers = await Promise.all(asked.map((list) => this.#ask(clientAddress, list, resolve!)));
    for (const [index, answer] of answers.entries()) {
      const { zone, action } = asked[index]!;
      if (answer.result === 'unusable') notes.unusableLists.push({ zone, reason: answer.reason });
      if (answer.result !== 'listed') continue;
      if (action === 'reject') {
        return refused('blockList', new SmtpReply(550, `5.7.1 the client ${clientAddress} is listed by ${zone}`));
      }
      notes.listedBy.push({ zone, codes: answer.codes });
    }
    const wait = policy.greylisting ? await this.#greylist(session, recipient, policy.greylistDelay) : null;
    if (wait !== null) {
      return refused('greylist', new SmtpReply(450, `4.7.1 greylisted, please try again in ${wait} seconds`));
    }
    return { refusal: null, notes };
  }

  #ask(client: string, list: BlockList, resolve: AddressResolver): Promise<BlockListAnswer> {
    const key = JSON.stringify([client, list.zone, list.codes]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = askBlockList(client, list, resolve);
    this.#answers.set(key, answer);
    return answer;
  }

  /** @returns the seconds to wait; null where it may go on */
  async #greylist(session: PolicySession, recipient: PolicyRecipient, delay: number): Promise<number | null> {
    const network = networkOf(session.clientAddress);
    const triplet = createHash('sha256')
      .update(JSON.stringify([network, session.mailFrom.toLowerCase(), recipient.address.toLowerCase()]))
      .digest();
    const key = { organizationId: recipient.organizationId, triplet, network };
    const { contact, networkPassed } = await readContact(this.#options.database, key);
    const decision = greylist(contact, networkPassed, delay, new Date());
    // One that is still waiting is not made to wait anew by asking too early.
    if (decision.pass || decision.begins) await noteContact(this.#options.database, key, decision);
    return decision.pass ? null : decision.waitSeconds;
  }

  #intakeOf(organizationId: string): OrganizationIntake | Promise<OrganizationIntake> {
    const known = this.#known.get(organizationId);
    if (known !== undefined && Date.now() - known.at <= FRESH_MS) return known.intake;
    const loading =
      this.#loading.get(organizationId) ??
      this.#load(organizationId).finally(() => this.#loading.delete(organizationId));
    this.#loading.set(organizationId, loading);
    return loading;
  }

  async #load(organizationId: string): Promise<OrganizationIntake> {
    const at = Date.now();
    const intake = await readIntakePolicy(this.#options.database, organizationId);
    this.#known.set(organizationId, { at, intake });
    return intake;
  }
}

const DENIALS = {
  sender: 'the recipient takes no mail from this sender',
  recipient: 'this address takes no mail from outside',
  client: 'the recipient takes no mail from this client',
};

function refused(by: IntakeRefusal, refusal: SmtpReply): ClientVerdict {
  return { refusal, by, notes: null };
}

/** As patterns are kept: smtp-server gives domains in Unicode. */
function inAscii(address: string): string {
  const domainAt = address.lastIndexOf('@') + 1;
  const domain = address.slice(domainAt);
  return NOT_ASCII.test(domain) ? `${address.slice(0, domainAt)}${domainToASCII(domain)}` : address;
}

const NOT_ASCII = /[^\0-\x7f]/;
