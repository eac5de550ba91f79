import { z } from 'zod';
import { AI_CAPABILITIES, AI_PROVIDERS, DISCLOSURES, type AiCapability } from './domain/ai.js';
import {
  countsTokens,
  OF_ANOTHER_KIND,
  PROMPT_INJECTION_POLICIES,
  PROVIDERS_OF,
  providerProblems,
  type OperatorAi,
  type OutsideProvider,
  type PromptInjectionPolicy,
  type ProviderSettings,
} from './domain/ai-settings.js';

/** How the variables of a capability begin: `AI_SUMMARY_MODEL`. */
const PREFIXES: Readonly<Record<AiCapability, string>> = {
  contentAnalysis: 'AI_CONTENT_ANALYSIS',
  summary: 'AI_SUMMARY',
  translation: 'AI_TRANSLATION',
  voice: 'AI_VOICE',
  composition: 'AI_COMPOSITION',
  embedding: 'AI_EMBEDDING',
};

const OUTSIDE = AI_PROVIDERS.filter((name): name is OutsideProvider => name !== 'embedded');
const price = z.coerce
  .number({ error: 'must be a price for a million tokens: 0.15' })
  .min(0, { error: 'must be a price for a million tokens: 0.15' });
const amount = z.coerce
  .number({ error: 'must be an amount of money: 5' })
  .min(0, { error: 'must be an amount of money: 5' });
const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};
const visible = z.string().regex(/^[\x21-\x7e]+$/, 'must be visible ASCII');
const baseUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    error: 'must be a URL that begins with http:// or https://',
  })
  .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
    error: 'must name no user and no password: set the KEY in its place',
  })
  .transform((text) => text.replace(/\/+$/, ''));
const timeout = z
  .string()
  .regex(/^(?:[1-9]|[1-9]\d|1[01]\d|120)s$/, 'must be a duration from 1s to 120s')
  .transform((text) => Number(text.slice(0, -1)) * 1_000);

const settings = {
  MODEL: z.string().min(1).max(200).optional(),
  BASE_URL: baseUrl.optional(),
  API_KEY: visible.optional(),
  TIMEOUT: timeout.optional(),
  PRICE_INPUT: price.optional(),
  PRICE_OUTPUT: price.optional(),
  REQUESTS_PER_MINUTE: whole(1, 1_000_000).optional(),
  TOKENS_PER_DAY: whole(0, 1_000_000_000_000).optional(),
  COST_PER_DAY: amount.optional(),
  DISCLOSURE: z.enum(DISCLOSURES).optional(),
};
type Setting = keyof typeof settings;
type Values = { [Name in Setting]?: z.output<(typeof settings)[Name]> };

/** The variables that are secrets, and may be given by file. */
export const AI_SECRETS = ['AI_API_KEY', ...AI_CAPABILITIES.map((name) => `${PREFIXES[name]}_API_KEY`)];

/** Every variable that begins with AI_; for the schema of src/config.ts. */
export const aiVariables: Record<string, z.ZodType> = {
  AI_PROVIDER: z.enum(OUTSIDE).optional(),
  AI_REDACT_NAMES: z.enum(['true', 'false']).optional(),
  AI_PRIVATE_NETWORKS: z.enum(['true', 'false']).optional(),
  AI_PROMPT_INJECTION: z.enum(PROMPT_INJECTION_POLICIES).optional(),
  ...prefixed('AI'),
  ...Object.assign(
    {},
    ...AI_CAPABILITIES.map((name) => ({
      [`${PREFIXES[name]}_PROVIDER`]: z.enum([...PROVIDERS_OF[name], 'off']).optional(),
      ...prefixed(PREFIXES[name]),
    })),
  ),
};

function prefixed(prefix: string): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(settings).map(([name, type]) => [`${prefix}_${name}`, type]));
}

const DEFAULT_TIMEOUT_MS = 20_000;
const DEFAULT_DISCLOSURE = 'redacted';

/**
 * The operator's providers from the variables as the schema read them. What a capability does not say, the general form
 * says; but a capability with a provider or an address of its own takes neither address, key nor prices from it.
 */
export function readAi(read: Record<string, unknown>, repairs: OperatorAi['repairs']): OperatorAi {
  const general = valuesOf(read, 'AI');
  const disclosureOf = (name: AiCapability) =>
    valuesOf(read, PREFIXES[name]).DISCLOSURE ?? general.DISCLOSURE ?? DEFAULT_DISCLOSURE;
  const eachOf = <Value>(of: (name: AiCapability) => Value) =>
    Object.fromEntries(AI_CAPABILITIES.map((name) => [name, of(name)])) as Record<AiCapability, Value>;
  return {
    capabilities: eachOf((name) => providerOf(read, name)?.settings ?? null),
    tokensPerDay: general.TOKENS_PER_DAY ?? null,
    costPerDay: general.COST_PER_DAY ?? null,
    disclosures: eachOf(disclosureOf),
    redactNames: read['AI_REDACT_NAMES'] === 'true',
    timeoutMs: general.TIMEOUT ?? DEFAULT_TIMEOUT_MS,
    privateNetworks: read['AI_PRIVATE_NETWORKS'] === 'true',
    promptInjection: (read['AI_PROMPT_INJECTION'] as PromptInjectionPolicy | undefined) ?? 'skip',
    repairs,
  };
}

/** What is wrong between the variables, given as text. */
export function aiContradictions(given: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  const idle = ['MODEL', 'BASE_URL', 'API_KEY'].filter((name) => given[`AI_${name}`] !== undefined);
  if (idle.length > 0 && given['AI_PROVIDER'] === undefined) {
    problems.push(`AI_${idle[0]} is set and no provider is: set AI_PROVIDER to ${OUTSIDE.join(', ')}`);
  }
  for (const capability of AI_CAPABILITIES) {
    const found = providerOf(given, capability);
    const prefix = PREFIXES[capability];
    if (found === null) {
      const lost = ['MODEL', 'BASE_URL', 'API_KEY'].filter((name) => given[`${prefix}_${name}`] !== undefined);
      if (lost.length > 0 && given[`${prefix}_PROVIDER`] !== 'off') {
        problems.push(`${prefix}_${lost[0]} is set and no provider is: set ${prefix}_PROVIDER or AI_PROVIDER`);
      }
      continue;
    }
    if (found.inherited && OF_ANOTHER_KIND.includes(capability)) continue;
    for (const { field, problem } of providerProblems(found.settings)) {
      problems.push(`${prefix}_${field === 'model' ? 'MODEL' : 'BASE_URL'} is not set: ${problem}`);
    }
    const { costPerDay, prices } = found.settings;
    if (
      (costPerDay !== null || given['AI_COST_PER_DAY'] !== undefined) &&
      prices === null &&
      countsTokens(found.settings.provider)
    ) {
      problems.push(
        `a cost a day is set, and no price for ${capability}: set ${prefix}_PRICE_INPUT and ${prefix}_PRICE_OUTPUT`,
      );
    }
  }
  return [...new Set(problems)];
}

function providerOf(read: Record<string, unknown>, capability: AiCapability) {
  const general = valuesOf(read, 'AI');
  const own = valuesOf(read, PREFIXES[capability]);
  const chosen = read[`${PREFIXES[capability]}_PROVIDER`] as OutsideProvider | 'off' | undefined;
  const generalProvider = read['AI_PROVIDER'] as OutsideProvider | undefined;
  const provider = chosen ?? generalProvider;
  if (provider === undefined || provider === 'off' || !PROVIDERS_OF[capability].includes(provider)) return null;
  const needsOwnModel = OF_ANOTHER_KIND.includes(capability);
  if (chosen === undefined && needsOwnModel && own.MODEL === undefined) return null;
  const isElsewhere = provider !== generalProvider || own.BASE_URL !== undefined;
  const shared: Values = isElsewhere ? {} : general;
  const [input, output] = [own.PRICE_INPUT ?? shared.PRICE_INPUT, own.PRICE_OUTPUT ?? shared.PRICE_OUTPUT];
  const settingsOf: ProviderSettings & { key: string | null } = {
    provider,
    model: own.MODEL ?? (needsOwnModel ? null : (shared.MODEL ?? null)),
    baseUrl: own.BASE_URL ?? shared.BASE_URL ?? null,
    key: own.API_KEY ?? shared.API_KEY ?? null,
    timeoutMs: own.TIMEOUT ?? general.TIMEOUT ?? DEFAULT_TIMEOUT_MS,
    prices: input === undefined && output === undefined ? null : { input: input ?? 0, output: output ?? 0 },
    requestsPerMinute: own.REQUESTS_PER_MINUTE ?? shared.REQUESTS_PER_MINUTE ?? null,
    tokensPerDay: own.TOKENS_PER_DAY ?? null,
    costPerDay: own.COST_PER_DAY ?? null,
    disclosure: own.DISCLOSURE ?? general.DISCLOSURE ?? DEFAULT_DISCLOSURE,
    redactNames: false,
  };
  return { settings: settingsOf, inherited: chosen === undefined };
}

function valuesOf(read: Record<string, unknown>, prefix: string): Values {
  return Object.fromEntries(
    Object.keys(settings).flatMap((name) => {
      const value = read[`${prefix}_${name}`];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
