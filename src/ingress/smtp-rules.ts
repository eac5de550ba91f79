import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Database } from '../adapters/database/database.js';
import type { ParserPool } from '../adapters/parser-pool.js';
import { compiled, RuleQuestions } from '../adapters/rules/rule-evaluator.js';
import type { SmtpSession } from '../domain/parsed-message.js';
import { askRules, refusalOf } from '../domain/rule-decision.js';
import { headerFacts, recipientFacts, sessionFacts } from '../domain/rule-facts.js';
import type { Rule } from '../domain/rules.js';
import type { RulePhase } from '../domain/rule-variables.js';
import type { Content } from './read-data.js';
import { SmtpReply } from './replies.js';

/** As old as what the directory answers with. */
const FRESH_MS = 1_000;
const REMEMBERED = 1_000;
const HEADER_END = Buffer.from('\r\n\r\n');

type SessionOf = Pick<SmtpSession, 'clientAddress' | 'helo' | 'tls' | 'mailFrom'>;

export interface RecipientOf {
  address: string;
  organizationId: string;
}

interface OrganizationRules {
  at: number;
  rules: Rule[];
  /** Phases before the analysis in which one of them may refuse. */
  refusesAt: ReadonlySet<RulePhase>;
}

export interface SmtpRulesOptions {
  database: Pick<Database, 'query'>;
  parser: Pick<ParserPool, 'parse'>;
  /** Of the header section; what lies beyond is refused before. */
  headerBytes: number;
  logger: Logger;
}

/**
 * Disposition rules that refuse during the SMTP session. Whatever stands in the way (the database, a header section that
 * its parser does not survive) refuses nobody: the rules are asked again after the analysis.
 */
export class SmtpRules {
  readonly #options: SmtpRulesOptions;
  readonly #known = new LRUCache<string, OrganizationRules>({ max: REMEMBERED });
  readonly #loading = new Map<string, Promise<OrganizationRules>>();

  constructor(options: SmtpRulesOptions) {
    this.#options = options;
  }

  /** The refusal of one recipient at RCPT TO; null where it may go on. */
  atRcpt(session: SessionOf, { address, organizationId }: RecipientOf): Promise<SmtpReply | null> {
    return this.#orNone(async () => {
      const known = await this.#rulesOf(organizationId);
      if (!known.refusesAt.has('rcpt')) return null;
      const questions = new RuleQuestions(sessionFacts({ intake: 'smtp', session }), 'rcpt');
      return refusal(known.rules, questions, address);
    });
  }

  /** The refusal of a message at the end of its data: only where every recipient is refused, as one reply is for all. */
  atData(session: SessionOf, recipients: readonly RecipientOf[], content: Content): Promise<SmtpReply | null> {
    return this.#orNone(() => this.#refuseAll(session, recipients, content));
  }

  async #refuseAll(
    session: SessionOf,
    recipients: readonly RecipientOf[],
    content: Content,
  ): Promise<SmtpReply | null> {
    const organizations = [...Map.groupBy(recipients, ({ organizationId }) => organizationId)];
    const asked = await Promise.all(organizations.map(async ([id]) => this.#rulesOf(id)));
    // Who is asked here was not refused at RCPT TO: a rule that knows more must be there for each organization.
    if (!asked.every(({ refusesAt }) => refusesAt.has('data'))) return null;
    // By the engine that parses whole messages, so that a rule sees the same before and after.
    const header = await this.#options.parser.parse(await headerOf(content, this.#options.headerBytes));
    let first: SmtpReply | null = null;
    for (const [index, [, own]] of organizations.entries()) {
      const addresses = own.map(({ address }) => address);
      const facts = { ...sessionFacts({ intake: 'smtp', session }), ...headerFacts(header, content.size, addresses) };
      const questions = new RuleQuestions(facts, 'data');
      for (const address of addresses) {
        const refused = refusal(asked[index]!.rules, questions, address);
        if (refused === null) return null;
        first ??= refused;
      }
    }
    return first;
  }

  async #orNone(ask: () => Promise<SmtpReply | null>): Promise<SmtpReply | null> {
    try {
      return await ask();
    } catch (error) {
      this.#options.logger.warn({ error: String(error) }, 'rules could not be asked yet: they are asked later');
      return null;
    }
  }

  #rulesOf(organizationId: string): OrganizationRules | Promise<OrganizationRules> {
    const known = this.#known.get(organizationId);
    if (known !== undefined && Date.now() - known.at <= FRESH_MS) return known;
    const loading =
      this.#loading.get(organizationId) ??
      this.#load(organizationId).finally(() => this.#loading.delete(organizationId));
    this.#loading.set(organizationId, loading);
    return loading;
  }

  async #load(organizationId: string): Promise<OrganizationRules> {
    const at = Date.now();
    const rules = await this.#options.database.query<Rule & Record<string, unknown>>(
      `select id, name, enabled, expression, actions, stop, overrides
       from disposition_rules where organization_id = $1 and enabled order by position, id`,
      [organizationId],
    );
    const refusing = rules.filter(({ actions }) => actions.some(({ kind }) => kind === 'reject'));
    const refusesAt = new Set(refusing.flatMap(({ expression }) => phaseOf(expression)));
    const loaded = { at, rules, refusesAt };
    this.#known.set(organizationId, loaded);
    return loaded;
  }
}

function refusal(rules: readonly Rule[], questions: RuleQuestions, address: string): SmtpReply | null {
  const recipient = recipientFacts(address, null);
  const refused = refusalOf(askRules(rules, (rule) => questions.ask(rule, recipient)));
  return refused === null ? null : new SmtpReply(550, `5.7.1 ${refused.text}`);
}

function phaseOf(expression: string): RulePhase[] {
  const read = compiled(expression);
  return 'compiled' in read ? [read.compiled.phase] : [];
}

/** The header section with the empty line behind it; a message without a body is all header. */
async function headerOf(content: Content, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of content.file?.read() ?? [content.bytes!]) {
    chunks.push(chunk.subarray(0, most - length));
    length += chunks.at(-1)!.length;
    const read = Buffer.concat(chunks, length);
    const end = read.indexOf(HEADER_END);
    if (end !== -1) return read.subarray(0, end + HEADER_END.length);
    if (length >= most) break;
  }
  return Buffer.concat(chunks, length);
}
