import type { RunStore } from '../../adapters/runs/run-store.js';
import type { Authentication, ParsingOutcome, SpamDetectionOutcome } from '../../domain/outcomes.js';
import type { Defect, ParsedMessage } from '../../domain/parsed-message.js';
import { authenticate, type DnsResolver } from '../../engines/authentication/authenticate.js';
import { mailOrigin } from '../../engines/content/mail-origin.js';
import { scanSecurity } from '../../engines/security/scan-security.js';
import { scoreSpam } from '../../engines/spam/score-spam.js';
import type { SpamModel } from '../../engines/spam/model.js';
import { mergeRspamd } from '../../engines/spam/merge-rspamd.js';
import type { RunContext } from '../run-context.js';
import type { RunContexts } from '../run-contexts.js';
import type { StepDefinition, StepDefinitions, StepWork } from '../step-definition.js';

export interface ReceptionDeps {
  store: RunStore;
  contexts: RunContexts;
  /** Null where DNS is switched off. */
  dns: DnsResolver | null;
  spamModel: SpamModel;
}

const DNS_DEADLINE_MS = 3_000;

export function receptionSteps(
  deps: ReceptionDeps,
): Pick<StepDefinitions, 'parsing' | 'securityScan' | 'spamDetection'> {
  return { parsing: parsing(deps), securityScan: securityScan(deps), spamDetection: spamDetection(deps) };
}

function parsing({ store, contexts }: ReceptionDeps): StepDefinition<'parsing'> {
  return {
    name: 'parsing',
    engine: { engine: 'mime', version: '1' },
    // The pool has the deadline of the parser itself, from when a thread takes the message up.
    deadlineMs: 110_000,
    // Identical bytes are looked up by their hash in the process; the thread is the message's own.
    input: () => null,
    run: async (context) => {
      const { parsed, fromCache } = await contexts.parse(context);
      const thread = await store.recordParsed(context.run, parsed, context.facts.receivedAt);
      const outcome: ParsingOutcome = { ...parsingOutcome(parsed, context), ...thread };
      return { outcome, confidence: readShare(parsed), fromCache };
    },
  };
}

function parsingOutcome(parsed: ParsedMessage, context: RunContext): Omit<ParsingOutcome, 'threadId' | 'threadBy'> {
  return {
    subject: parsed.subject,
    from: parsed.from[0]?.address ?? '',
    to: parsed.to.slice(0, 100).map((address) => address.address),
    date: parsed.date,
    messageId: parsed.messageId,
    attachments: parsed.attachments
      .slice(0, 100)
      .map((file) => ({ ...file, entries: file.entries?.slice(0, 20) ?? null })),
    parts: parsed.parts,
    depth: parsed.depth,
    textLength: parsed.text.length,
    newTextLength: parsed.newText.length,
    links: parsed.links.length,
    defects: parsed.defects.slice(0, 100),
    origin: mailOrigin(parsed, context.facts.session),
  };
}

/** How much of the message could be read as meant: each kind of defect takes from it, what was cut takes most. */
function readShare(parsed: ParsedMessage): number {
  const kinds = new Set(parsed.defects.map((defect) => defect.code));
  return [...kinds].reduce((share, code) => share * (isCut({ code }) ? 0.6 : 0.9), 1);
}

function isCut({ code }: Pick<Defect, 'code'>): boolean {
  return /\.(?:depth|parts|size|links|unterminated|encoding|malformed)$/.test(code);
}

function securityScan({ dns, contexts }: ReceptionDeps): StepDefinition<'securityScan'> {
  return {
    name: 'securityScan',
    engine: { engine: 'mailauth+scan', version: '1', rules: '1' },
    deadlineMs: 20_000,
    // DNS answers change: an outcome serves the same bytes from the same client within the hour.
    input: ({ facts, organization, parsed }) => ({
      sha256: facts.sha256.toString('base64url'),
      client: facts.session.clientAddress,
      mailFrom: facts.session.mailFrom,
      domains: organization.domains,
      defects: parsed.defects.length,
      hour: facts.receivedAt.slice(0, 13),
      dns: dns !== null,
    }),
    run: async (context) => {
      const bytes = await contexts.bytes(context);
      const { authentication } = await authenticate(bytes, context.facts.session, dns, DNS_DEADLINE_MS);
      context.bytes = null;
      return scanSecurity(context.parsed, authentication, context.organization.domains);
    },
  };
}

function spamDetection({ spamModel }: ReceptionDeps): StepDefinition<'spamDetection'> {
  return {
    name: 'spamDetection',
    engine: { engine: 'spam-embedded', version: '1', rules: '1', model: String(spamModel.version) },
    deadlineMs: 10_000,
    input: ({ contentHash, parsed, rspamd, findings }) => ({
      content: contentHash,
      from: parsed.from[0]?.address ?? null,
      headers: parsed.headers.filter(({ name }) => !PER_DELIVERY.test(name)).map(({ name, value }) => [name, value]),
      findings: findings.map((finding) => finding.code),
      rspamd,
    }),
    run: (context) => spamWork(context, spamModel),
  };
}

/** Header fields that differ between deliveries of one newsletter and say nothing of its content. */
const PER_DELIVERY =
  /^(?:received|to|cc|date|message-id|delivered-to|return-path|x-original-to|dkim-signature|arc-.*|authentication-results|x-.*id|feedback-id|list-unsubscribe.*)$/i;

function spamWork(context: RunContext, model: SpamModel): StepWork<SpamDetectionOutcome> {
  const authentication = context.outcome('securityScan')?.authentication ?? UNCHECKED;
  const embedded = scoreSpam(context.parsed, authentication, context.findings, model);
  if (context.rspamd === null) return embedded;
  if (context.rspamd.status === 'answered') return mergeRspamd(embedded, context.rspamd);
  const message = `rspamd did not answer (${context.rspamd.error}); the embedded filter did`;
  return { ...embedded, status: 'DEGRADED', error: { code: 'rspamd', message } };
}

/** What a failed securityScan leaves the spam filter with. */
const UNCHECKED: Authentication = {
  spf: { result: 'skipped', domain: null },
  dkim: [],
  dmarc: { result: 'skipped', domain: null, policy: null },
  arc: { result: 'skipped' },
};
