import { performance } from 'node:perf_hooks';
import { MessageVectors } from '../src/activities/message-vectors.js';
import { RunContext } from '../src/activities/run-context.js';
import { RunContexts } from '../src/activities/run-contexts.js';
import type { StepDefinitions } from '../src/activities/step-definition.js';
import { autonomySteps } from '../src/activities/steps/autonomy.js';
import { enhancementSteps } from '../src/activities/steps/enhancement.js';
import { readMeaningFile } from '../src/adapters/embedding/meaning-file.js';
import { readNgramSource } from '../src/adapters/ngram-source.js';
import { LanguageDetector } from '../src/engines/language/detect-language.js';
import { publicationSteps } from '../src/activities/steps/publication.js';
import { receptionSteps } from '../src/activities/steps/reception.js';
import { DEFAULT_PARSE_LIMITS } from '../src/domain/parsed-message.js';
import { NEEDS, STAGES, stepsOf, type StageName, type StepName } from '../src/domain/pipeline.js';
import { NO_STAFF } from '../src/domain/staff.js';
import { DEFAULT_TUNING } from '../src/domain/tuning.js';
import type { RunStore } from '../src/adapters/runs/run-store.js';
import { parseMessage } from '../src/engines/mime/parse-message.js';
import { openMessage } from '../src/engines/protection/open-message.js';
import { embeddedSpamModel } from '../src/engines/spam/embedded-model.js';

const WARM_UP = 100;

/**
 * Milliseconds of CPU that the engines of each stage need for these mails when they are called directly, one after the
 * other: no Temporal, no database, no threads. The mean over all mails after a warm-up.
 */
export async function measureEngineCost(mails: readonly Buffer[]): Promise<Record<StageName, number>> {
  const total: Record<StageName, number> = { reception: 0, enhancement: 0, autonomy: 0, publication: 0 };
  for (let round = 0; round < 2; round++) {
    const measured = round === 1;
    for (const mail of measured ? mails : mails.slice(0, WARM_UP)) {
      const { context, definitions } = directly(mail);
      for (const stage of STAGES) {
        const began = performance.now();
        for (const name of inOrder(stepsOf(stage, []))) await runDirectly(definitions[name], context);
        if (measured) total[stage] += performance.now() - began;
      }
    }
  }
  for (const stage of STAGES) total[stage] /= mails.length;
  return total;
}

function inOrder(steps: StepName[]): StepName[] {
  const ordered: StepName[] = [];
  const add = (name: StepName) => {
    if (ordered.includes(name) || !steps.includes(name)) return;
    NEEDS[name].forEach(add);
    ordered.push(name);
  };
  steps.forEach(add);
  return ordered;
}

async function runDirectly(definition: StepDefinitions[StepName], context: RunContext): Promise<void> {
  const { outcome, confidence, findings } = await definition.run(context);
  context.add(
    { name: definition.name, status: 'DONE', outcome, confidence, error: null, durationMs: 0, fromCache: false },
    findings ?? [],
  );
}

const languages = new LanguageDetector(readNgramSource);

function directly(mail: Buffer): { context: RunContext; definitions: StepDefinitions } {
  const store: Pick<
    RunStore,
    'recordParsed' | 'readBytes' | 'readOpeningKeys' | 'findIndicators' | 'writeTuning' | 'readCorrespondentsNear'
  > = {
    recordParsed: async () => ({ threadId: '', threadBy: 'new' }),
    readBytes: async () => mail,
    readOpeningKeys: async () => ({ keys: [], sealed: false }),
    findIndicators: async () => [],
    readCorrespondentsNear: async () => [],
    writeTuning: async () => undefined,
  };
  const vectors = new MessageVectors({
    model: null,
    meanings: readMeaningFile,
    onFailure: (error) => {
      throw error;
    },
  });
  const contexts = new RunContexts({
    store: store as RunStore,
    threads: { current: async () => null },
    onUnlearned: (error) => {
      throw error;
    },
    parse: (bytes) => parseMessage(bytes),
    open: (bytes, opening) => openMessage(bytes, DEFAULT_PARSE_LIMITS, opening),
  });
  const definitions: StepDefinitions = {
    ...receptionSteps({
      store: store as RunStore,
      contexts,
      dns: null,
      authentication: { authservId: 'mx.example.org', trustedRelays: [], trustedSealers: [] },
      spamModel: embeddedSpamModel(),
    }),
    ...enhancementSteps(languages, vectors),
    ...autonomySteps({ store, usual: () => ({}), random: () => 0.5 }),
    ...publicationSteps(vectors),
  };
  return { context: contextOf(), definitions };
}

function contextOf(): RunContext {
  const receivedAt = new Date().toISOString();
  const context = new RunContext(
    {
      organizationId: '',
      messageId: '',
      runId: '',
      runNumber: 1,
      lane: 'normal',
      asked: [],
      decided: null,
    },
    {
      sha256: Buffer.alloc(32),
      size: 0,
      session: {
        clientAddress: '127.0.0.1',
        clientHostname: null,
        helo: 'bench.example',
        tls: null,
        authenticatedAs: null,
        mailFrom: 'bench@sender.example',
        recipients: ['team@example.org'],
        smtpUtf8: false,
        receivedAt,
      },
      receivedAt,
      threadId: null,
      recipients: ['team@example.org'],
      envelope: [{ address: 'team@example.org', mailboxId: null }],
      source: 'smtp',
      lane: 'normal',
      backlog: 0,
      begun: 0,
      openedAt: receivedAt,
      steps: [],
      findings: [],
    },
    {
      timeZone: 'UTC',
      readingLanguage: 'en',
      ai: [],
      policy: {},
      tuning: DEFAULT_TUNING,
      domains: ['example.org'],
      mailboxes: [{ id: 'm', name: 'Everyone', pattern: '*@example.org', rules: [], members: [] }],
      rules: [],
      learnedRoutes: null,
      learnedAssignments: null,
      staff: NO_STAFF,
      spamModels: [],
      learnedModels: [],
      typeLabels: [],
      responseTemplates: [],
      templateUses: [],
      mailKeyVersion: '',
      indicators: 0,
      indicatorVersion: '',
    },
  );
  context.decision = { disposition: 'deliver', reason: 'nothing speaks against it' };
  return context;
}
