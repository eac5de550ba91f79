import type { ChosenAi } from '../../domain/ai-settings.js';
import type { DispositionPolicy } from '../../domain/disposition.js';
import type { CorrespondentKeys } from '../../domain/correspondent.js';
import type { Finding } from '../../domain/findings.js';
import type { IndicatorKind } from '../../domain/indicators.js';
import type { Lane } from '../../domain/lane.js';
import type { TypeLabel } from '../../domain/correction.js';
import type { LearnedRoutes } from '../../domain/learned-routes.js';
import type { ParsedMessage, SmtpSession } from '../../domain/parsed-message.js';
import type { AnyStep } from '../../domain/outgoing/outgoing-pipeline.js';
import type { StepName, StepStatus } from '../../domain/pipeline.js';
import type { OwnTemplate, TemplateUse } from '../../domain/response-template.js';
import type { RoutingRule } from '../../domain/routing.js';
import type { Rule } from '../../domain/rules.js';
import type { RunKey } from '../../domain/run.js';
import { DEFAULT_READING_LANGUAGE } from '../../domain/reading-language.js';
import type { Staff } from '../../domain/staff.js';
import { DEFAULT_TUNING, type Tuning } from '../../domain/tuning.js';
import type { Database } from '../database/database.js';
import { CHOSEN_AI } from '../ai/ai-settings.js';
import { OWN_TEMPLATES, TEMPLATE_USES } from '../composition/response-templates.js';
import { isUnreachable } from '../database/unreachable.js';
import { knowsCorrespondent, readCorrespondentsNear } from '../organizations/correspondents.js';
import { MAIL_KEY_VERSION, readOpeningKeys } from '../mail-keys/mail-keys.js';
import {
  LEARNED_MODEL_REVISIONS,
  readModelParts,
  STORED_TYPE_LABELS,
  type LearnedModelRevision,
} from '../learning/learned-models.js';
import { readBlob } from '../messages/blobs.js';
import { readSpamModels, SPAM_MODEL_VERSIONS, type SpamModelVersion } from '../organizations/spam-models.js';
import { STAFF } from '../staff/staff.js';
import { recordParsedFacts } from '../messages/parsed-facts.js';

/** A message with its run, as a stage begins. */
export interface RunFacts {
  sha256: Buffer;
  size: number;
  session: SmtpSession;
  receivedAt: string;
  threadId: string | null;
  recipients: string[];
  /** The same with the mailboxes that receive for them. */
  envelope: { address: string; mailboxId: string | null }[];
  /** The door it came through: AcceptedMessage. */
  source: string;
  lane: Lane;
  backlog: number;
  begun: number;
  openedAt: string;
  /** Steps that are committed, RUNNING ones left out. */
  steps: CommittedStep[];
  findings: (Finding & { step: StepName })[];
}

export interface CommittedStep<Name extends AnyStep = StepName> {
  name: Name;
  status: StepStatus;
  confidence: number | null;
  outcome: object | null;
  error: { code: string; message: string } | null;
  durationMs: number;
  fromCache: boolean;
}

export interface OrganizationFacts {
  timeZone: string;
  /** ISO 639-1: what its people read; mail is translated into it. */
  readingLanguage: string;
  /** What it chose of providers. */
  ai: ChosenAi[];
  policy: Partial<DispositionPolicy>;
  tuning: Tuning;
  /** Disposition rules in their order, enabled ones alone. */
  rules: Rule[];
  domains: string[];
  mailboxes: { id: string; name: string; pattern: string; rules: RoutingRule[]; members: string[] }[];
  learnedRoutes: LearnedRoutes | null;
  /** What assignments by people taught. */
  learnedAssignments: LearnedRoutes | null;
  /** Who answers its mail, with the load of the moment. */
  staff: Staff;
  /** Scopes in which people taught the spam filter. */
  spamModels: SpamModelVersion[];
  /** Models of its corrections, and labels that it changed or added. */
  learnedModels: LearnedModelRevision[];
  typeLabels: TypeLabel[];
  /** Its own, and what people chose for which mail, of those that are built in too. */
  responseTemplates: OwnTemplate[];
  templateUses: TemplateUse[];
  /** Changes with the organization's keys of S/MIME and OpenPGP. */
  mailKeyVersion: string;
  /** Indicators in force, and a version that changes with the list. */
  indicators: number;
  indicatorVersion: string;
}

interface FactsRow extends Record<string, unknown> {
  sha256: Buffer;
  size: number;
  session: SmtpSession;
  received_at: string;
  thread_id: string | null;
  lane: Lane;
  backlog: number | null;
  begun: number;
  opened_at: string;
  recipients: string[];
  envelope: RunFacts['envelope'];
  source: string;
  steps: CommittedStep[];
  findings: RunFacts['findings'];
}

/** Reads what a stage needs to know of a run; null where the organization has no such run. */
async function readRunFacts(database: Database, run: RunKey): Promise<RunFacts | null> {
  const [row] = await database.oneOfOrganization<FactsRow>(
    run.organizationId,
    `select m.sha256, m.size, m.session, m.received_at, m.thread_id, r.lane, r.backlog, r.begun,
       r.opened_at, m.source,
       coalesce((select jsonb_agg(jsonb_build_object('address', address, 'mailboxId', mailbox_id) order by address)
         from message_recipients where message_id = m.id), '[]') as envelope,
       array(select address from message_recipients where message_id = m.id order by address) as recipients,
       coalesce((select jsonb_agg(jsonb_build_object('name', s.name, 'status', s.status, 'confidence', s.confidence,
         'outcome', s.outcome, 'error', s.error, 'durationMs', s.duration_ms, 'fromCache', s.from_cache))
         from (select distinct on (name) * from steps
           where run_id = r.id and status <> 'RUNNING' order by name, attempt desc) s), '[]') as steps,
       coalesce((select jsonb_agg(jsonb_build_object('step', f.step, 'code', f.code, 'severity', f.severity,
         'score', f.score, 'explanation', f.explanation) order by f.step, f.number)
         from findings f where f.run_id = r.id), '[]') as findings
     from runs r join messages m on m.id = r.message_id where r.id = $1`,
    [run.runId],
  );
  if (row === undefined) return null;
  return {
    sha256: row.sha256,
    size: row.size,
    session: row.session,
    receivedAt: row.received_at,
    threadId: row.thread_id,
    recipients: row.recipients,
    envelope: row.envelope,
    source: row.source,
    lane: row.lane,
    backlog: row.backlog ?? 0,
    begun: row.begun,
    openedAt: row.opened_at,
    steps: row.steps,
    findings: row.findings,
  };
}

interface OrganizationRow extends Record<string, unknown> {
  time_zone: string;
  settings: { policy?: Partial<DispositionPolicy>; tuning?: Partial<Tuning>; readingLanguage?: string };
  ai: ChosenAi[];
  domains: string[];
  rules: Rule[];
  mailboxes: OrganizationFacts['mailboxes'];
  learned: LearnedRoutes | null;
  learned_assignments: LearnedRoutes | null;
  staff: Staff;
  spam_models: SpamModelVersion[];
  learned_models: LearnedModelRevision[];
  type_labels: TypeLabel[];
  response_templates: OwnTemplate[];
  template_uses: TemplateUse[];
  mail_key_version: string;
  indicators: number;
  indicator_version: string;
}

async function readOrganizationFacts(database: Database, organizationId: string): Promise<OrganizationFacts> {
  const [row] = await database.oneOfOrganization<OrganizationRow>(
    organizationId,
    `select o.time_zone, o.settings,
       array(select name from domains order by name) as domains,
       coalesce((select jsonb_agg(jsonb_build_object('id', id, 'name', name, 'pattern', pattern, 'rules', rules,
         'members', members)
         order by pattern) from mailboxes), '[]') as mailboxes,
       coalesce((select jsonb_agg(jsonb_build_object('id', id, 'name', name, 'enabled', enabled, 'expression', expression,
         'actions', actions, 'stop', stop, 'overrides', overrides) order by position, id)
         from disposition_rules where enabled), '[]') as rules,
       (select counts from learned_routes) as learned,
       (select counts from learned_assignments) as learned_assignments,
       ${STAFF} as staff,
       ${CHOSEN_AI} as ai,
       ${SPAM_MODEL_VERSIONS} as spam_models,
       ${LEARNED_MODEL_REVISIONS} as learned_models,
       ${STORED_TYPE_LABELS} as type_labels,
       ${OWN_TEMPLATES} as response_templates,
       ${TEMPLATE_USES} as template_uses,
       ${MAIL_KEY_VERSION} as mail_key_version,
       i.indicators, i.indicator_version
     from organizations o, (select count(*)::int as indicators, count(*) || ' ' || coalesce(max(updated_at)::text, '')
       as indicator_version from indicators where expires_at is null or expires_at > now()) i`,
  );
  if (row === undefined) throw new Error('the organization of this run does not exist');
  return {
    timeZone: row.time_zone,
    readingLanguage: row.settings.readingLanguage ?? DEFAULT_READING_LANGUAGE,
    ai: row.ai,
    policy: row.settings.policy ?? {},
    tuning: { ...DEFAULT_TUNING, ...row.settings.tuning },
    domains: row.domains,
    rules: row.rules,
    mailboxes: row.mailboxes,
    learnedRoutes: row.learned,
    learnedAssignments: row.learned_assignments,
    staff: row.staff,
    spamModels: row.spam_models,
    learnedModels: row.learned_models,
    typeLabels: row.type_labels,
    responseTemplates: row.response_templates,
    templateUses: row.template_uses,
    mailKeyVersion: row.mail_key_version,
    indicators: row.indicators,
    indicatorVersion: row.indicator_version,
  };
}

/** The database could not be reached: no step's fault, so that its stage is tried again and the step not failed. */
export class StoreUnreachable extends Error {
  override name = 'StoreUnreachable';
}

/** What runs read and write beside their journal, each in a transaction of its own; rejects with StoreUnreachable. */
export function createRunStore(database: Database, secretKey: Buffer | null = null): RunStore {
  const store = runStore(database, secretKey);
  const guarded = Object.entries(store).map(([name, method]) => [
    name,
    (...given: never[]) => (method as (...given: never[]) => Promise<unknown>)(...given).catch(asUnreachable),
  ]);
  return Object.fromEntries(guarded) as RunStore;
}

function asUnreachable(error: unknown): never {
  if (isUnreachable(error)) throw new StoreUnreachable('the database could not be reached', { cause: error });
  throw error;
}

function runStore(database: Database, secretKey: Buffer | null) {
  return {
    /** Null where the organization has no such run. */
    readRun: (run: RunKey) => readRunFacts(database, run),

    readOrganization: (organizationId: string) => readOrganizationFacts(database, organizationId),

    /** The bytes of a message as they were received. */
    async readBytes(organizationId: string, sha256: Buffer): Promise<Buffer> {
      const bytes = await database.withOrganization(organizationId, (sql) => readBlob(sql, sha256));
      if (bytes === null) throw new Error(`the blob ${sha256.toString('hex')} is missing`);
      return bytes;
    },

    /** Rows of the organization's indicator list among the given values, expired ones left out. */
    findIndicators: (organizationId: string, values: readonly string[]) =>
      database.oneOfOrganization<FoundIndicator>(organizationId, FIND_INDICATORS, [values]),

    /** Whether the organization has delivered mail from that address before, or sent some to it. */
    knowsCorrespondent: (organizationId: string, messageId: string, address: string) =>
      database.withOrganization(organizationId, (sql) => knowsCorrespondent(sql, messageId, address)),

    /** Correspondents who are the sender or could be taken for it. */
    readCorrespondentsNear: (organizationId: string, keys: CorrespondentKeys) =>
      readCorrespondentsNear(database, organizationId, keys),

    /** What people taught the spam filter, by scope: mailbox ids, or null for the organization. */
    readSpamModels: (organizationId: string, scopes: readonly (string | null)[]) =>
      readSpamModels(database, organizationId, scopes),

    /** What a model that learned from corrections is made of. */
    readModelParts: (organizationId: string, modelId: string) => readModelParts(database, organizationId, modelId),

    /** What the organization's mail is opened and verified with. */
    readOpeningKeys: (organizationId: string) => readOpeningKeys(database, secretKey, organizationId),

    recordParsed: (run: RunKey, parsed: ParsedMessage, receivedAt: string) =>
      recordParsedFacts(database, run, parsed, receivedAt),

    /** Writes what performanceOptimization tuned, where it changed. */
    async writeTuning(organizationId: string, tuning: Tuning): Promise<void> {
      await database.withOrganization(organizationId, (sql) =>
        sql(
          `update organizations set settings = jsonb_set(settings, '{tuning}', $1::jsonb)
           where settings->'tuning' is distinct from $1::jsonb`,
          [JSON.stringify(tuning)],
        ),
      );
    },

    /** A message as it is shown to a scanner; null where the organization has no such message. */
    async readForScan(organizationId: string, messageId: string) {
      return database.withOrganization(organizationId, async (sql) => {
        const [row] = await sql<{ sha256: Buffer; trace: string; session: SmtpSession }>(
          'select sha256, trace, session from messages where id = $1',
          [messageId],
        );
        const bytes = row === undefined ? null : await readBlob(sql, row.sha256);
        if (row === undefined || bytes === null) return null;
        return { bytes: Buffer.concat([Buffer.from(row.trace, 'latin1'), bytes]), session: row.session };
      });
    },
  };
}

export type RunStore = ReturnType<typeof runStore>;

interface FoundIndicator extends Record<string, unknown> {
  kind: IndicatorKind;
  value: string;
  source: string;
  confidence: number;
  expiresAt: string | null;
}

const FIND_INDICATORS = `
select kind, value, source, confidence, expires_at as "expiresAt" from indicators
where value = any($1) and (expires_at is null or expires_at > now())`;
