import type { RunStore } from '../../adapters/runs/run-store.js';
import type {
  Authentication,
  ParsingOutcome,
  SecurityScanOutcome,
  SpamDetectionOutcome,
} from '../../domain/outcomes.js';
import { worstOf } from '../../domain/findings.js';
import type { Defect, ParsedMessage } from '../../domain/parsed-message.js';
import type { ScanAnswers } from '../../domain/scans.js';
import type { StepResult } from '../../domain/step-result.js';
import { authenticate, trustedRelays, type DnsResolver } from '../../engines/authentication/authenticate.js';
import { renderAuthenticationResults } from '../../engines/authentication/authentication-results.js';
import { mailOrigin } from '../../engines/content/mail-origin.js';
import { findInProtection } from '../../engines/protection/protection-findings.js';
import { readReport } from '../../engines/reports/read-report.js';
import { withAntivirus } from '../../engines/security/antivirus.js';
import { type KnownSenders, peopleOf } from '../../engines/security/known-senders.js';
import { intakeFindings } from '../../engines/security/intake-findings.js';
import { scanSecurity } from '../../engines/security/scan-security.js';
import { traitsOf } from '../../engines/spam/features.js';
import { scoreSpam } from '../../engines/spam/score-spam.js';
import type { SpamModel } from '../../engines/spam/model.js';
import { mergeOpinions, type SpamAnswers } from '../../engines/spam/merge-opinions.js';
import type { RunContext } from '../run-context.js';
import type { RunContexts } from '../run-contexts.js';
import type { StepDefinition, StepDefinitions, StepWork } from '../step-definition.js';

export interface ReceptionDeps {
  store: RunStore;
  contexts: RunContexts;
  /** Null where DNS is switched off. */
  dns: DnsResolver | null;
  authentication: AuthenticationSettings;
  spamModel: SpamModel;
}

export interface AuthenticationSettings {
  /** In whose name Authentication-Results are written. */
  authservId: string;
  /** Addresses and networks whose Received fields are believed. */
  trustedRelays: readonly string[];
  /** Domains whose ARC seal is believed. */
  trustedSealers: readonly string[];
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
    engine: { engine: 'mime', version: '2' },
    // The pool has the deadline of the parser itself, from when a thread takes the message up.
    deadlineMs: 110_000,
    // Identical bytes are looked up by their hash in the process; the thread is the message's own.
    input: () => null,
    run: async (context) => {
      const { parsed, fromCache } = await contexts.parse(context);
      const thread = await store.recordParsed(context.run, parsed, context.facts.receivedAt);
      const outcome: ParsingOutcome = { ...parsingOutcome(parsed, context), ...thread };
      return { outcome, confidence: readShare(parsed), findings: findInProtection(parsed.protection), fromCache };
    },
  };
}

function parsingOutcome(parsed: ParsedMessage, context: RunContext): Omit<ParsingOutcome, 'threadId' | 'threadBy'> {
  const origin = mailOrigin(parsed, context.facts.session);
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
    origin,
    report: readReport(parsed, origin),
    events: parsed.events.slice(0, 20),
    ...(parsed.protection ? { protection: parsed.protection } : {}),
  };
}

/** How much of the message could be read as meant: each kind of defect takes from it, what was cut or stays encrypted takes most. */
function readShare(parsed: ParsedMessage): number {
  const kinds = new Set(parsed.defects.map((defect) => defect.code));
  const closed = parsed.protection !== undefined && parsed.protection.reason !== null;
  return [...kinds].reduce((share, code) => share * (isCut({ code }) ? 0.6 : 0.9), closed ? 0.6 : 1);
}

function isCut({ code }: Pick<Defect, 'code'>): boolean {
  return /\.(?:depth|parts|size|links|unterminated|encoding|malformed)$/.test(code);
}

function securityScan({ dns, contexts, authentication: settings }: ReceptionDeps): StepDefinition<'securityScan'> {
  const { authservId } = settings;
  const isTrusted = trustedRelays(settings.trustedRelays);
  return {
    name: 'securityScan',
    engine: { engine: 'mailauth+scan', version: '2', rules: '2' },
    deadlineMs: 20_000,
    // DNS answers change: an outcome serves the same bytes from the same client within the hour.
    input: ({ facts, organization, parsed, scans, correspondents }) => ({
      sha256: facts.sha256.toString('base64url'),
      client: facts.session.clientAddress,
      helo: facts.session.helo,
      mailFrom: facts.session.mailFrom,
      signedIn: facts.session.authenticatedAs !== null,
      authentication: settings,
      domains: organization.domains,
      people: peopleOf(organization.mailboxes),
      correspondents: correspondents.map(({ address, name, domain }) => [address, name, domain]),
      defects: parsed.defects.length,
      protection: parsed.protection ?? null,
      hour: facts.receivedAt.slice(0, 13),
      dns: dns !== null,
      clamd: scans.clamd ?? null,
      intake: facts.session.intake ?? null,
    }),
    run: async (context) => {
      const bytes = await contexts.bytes(context);
      const { authentication } = await authenticate(bytes, context.facts.session, {
        dns,
        deadlineMs: DNS_DEADLINE_MS,
        authservId,
        isTrusted,
        trustedSealers: settings.trustedSealers,
        now: new Date(context.facts.receivedAt),
      });
      context.bytes = null;
      const scan = scanSecurity(context.parsed, authentication, context.organization.domains, knownSenders(context));
      const intake = intakeFindings(context.facts.session.intake, authentication);
      const field = renderAuthenticationResults(authentication, authservId);
      const outcome: SecurityScanOutcome = {
        ...scan.outcome,
        threatLevel: worstOf(intake, scan.outcome.threatLevel),
        authenticationResults: { authservId, field },
      };
      return scanned({ ...scan, outcome, findings: [...scan.findings, ...intake] }, context);
    },
  };
}

function knownSenders({ organization, correspondents }: RunContext): KnownSenders {
  return { people: peopleOf(organization.mailboxes), correspondents };
}

/** The scan with clamd's answer; without one it is degraded: all other checks have answered. */
function scanned(scan: StepResult<SecurityScanOutcome>, context: RunContext): StepWork<SecurityScanOutcome> {
  const answer = context.scans.clamd ?? null;
  const result = withAntivirus(scan, answer, context.parsed.defects);
  if (answer?.status !== 'failed') return result;
  return {
    ...result,
    status: 'DEGRADED',
    error: { code: 'clamd', message: `clamd did not answer (${answer.error}); all other checks did` },
  };
}

function spamDetection({ spamModel }: ReceptionDeps): StepDefinition<'spamDetection'> {
  return {
    name: 'spamDetection',
    engine: { engine: 'spam-embedded', version: '2', rules: '1', model: String(spamModel.version) },
    deadlineMs: 10_000,
    input: ({ contentHash, parsed, scans, findings, spamLessons }) => ({
      content: contentHash,
      from: parsed.from[0]?.address ?? null,
      headers: parsed.headers.filter(({ name }) => !PER_DELIVERY.test(name)).map(({ name, value }) => [name, value]),
      // Of fields that differ between deliveries the filter asks no more than whether they are there.
      dated: parsed.date !== null,
      identified: parsed.messageId !== null,
      form: traitsOf(parsed),
      hosts: parsed.links.slice(0, MOST_HOSTS).map(({ host }) => host),
      findings: findings.map(({ code, severity }) => [code, severity]),
      opinions: spamAnswers(scans),
      lessons: spamLessons.version,
    }),
    run: (context) => spamWork(context, spamModel),
  };
}

/** Hosts of links that tell who sent it; the filter reads fewer. */
const MOST_HOSTS = 20;

/** Header fields that differ between deliveries of one newsletter and say nothing of its content. */
const PER_DELIVERY =
  /^(?:received|to|cc|date|message-id|delivered-to|return-path|x-original-to|dkim-signature|arc-.*|authentication-results|x-.*id|feedback-id|list-unsubscribe.*)$/i;

function spamWork(context: RunContext, model: SpamModel): StepWork<SpamDetectionOutcome> {
  const authentication = context.outcome('securityScan')?.authentication ?? UNCHECKED;
  const embedded = scoreSpam(context.parsed, authentication, context.findings, model, context.spamLessons.scopes);
  return withOpinions(embedded, spamAnswers(context.scans));
}

function spamAnswers({ rspamd, spamassassin }: ScanAnswers): SpamAnswers {
  return { ...(rspamd ? { rspamd } : {}), ...(spamassassin ? { spamassassin } : {}) };
}

/** Filters outside that did not answer leave the step degraded: the embedded one always does. */
function withOpinions(
  embedded: StepResult<SpamDetectionOutcome>,
  answers: SpamAnswers,
): StepWork<SpamDetectionOutcome> {
  if (Object.keys(answers).length === 0) return embedded;
  const merged = mergeOpinions(embedded, answers);
  const failed = Object.entries(answers).flatMap(([service, answer]) =>
    answer.status === 'failed' ? [{ service, error: answer.error }] : [],
  );
  if (failed.length === 0) return merged;
  const reasons = failed.map(({ service, error }) => `${service} did not answer (${error})`).join(', ');
  const message = `${reasons}; answered by ${merged.outcome.answeredBy.join(', ')}`;
  return { ...merged, status: 'DEGRADED', error: { code: failed.map(({ service }) => service).join('+'), message } };
}

/** What a failed securityScan leaves the spam filter with. */
const UNCHECKED: Authentication = {
  spf: { result: 'skipped', domain: null },
  dkim: [],
  dmarc: { result: 'skipped', domain: null, policy: null },
  arc: { result: 'skipped' },
};
