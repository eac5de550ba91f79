import type { AiCapability, AiProvider, AskedCapability, Disclosure, TokenCount } from './ai.js';
import { DISCLOSURES } from './ai.js';

export type OutsideProvider = Exclude<AiProvider, 'embedded'>;

/** What each capability can be asked of. */
export const PROVIDERS_OF: Readonly<Record<AiCapability, readonly OutsideProvider[]>> = {
  contentAnalysis: ['openai', 'anthropic'],
  summary: ['openai', 'anthropic'],
  translation: ['openai', 'anthropic', 'libretranslate', 'apertium'],
  voice: ['openai', 'pocketsphinx'],
  composition: ['openai', 'anthropic'],
  embedding: ['openai'],
};

/** Programs of this machine: nothing leaves it. */
const PROGRAMS: readonly OutsideProvider[] = ['pocketsphinx'];
/** Without a base URL it is a program of this machine; with one, a server. */
const PROGRAMS_WITHOUT_URL: readonly OutsideProvider[] = ['apertium'];
/** They have an address of their own. */
const WITH_PUBLIC_ADDRESS: readonly OutsideProvider[] = ['openai', 'anthropic'];
const WITH_MODELS: readonly OutsideProvider[] = ['openai', 'anthropic'];
/** A model that writes text, as a general form names it, is none for them. */
export const OF_ANOTHER_KIND: readonly AiCapability[] = ['voice', 'embedding'];

/** One provider as the operator, or an organization, describes it. */
export interface ProviderSettings {
  provider: OutsideProvider;
  model: string | null;
  baseUrl: string | null;
  timeoutMs: number;
  /** For a million tokens. */
  prices: { input: number; output: number } | null;
  /** Of one organization. */
  requestsPerMinute: number | null;
  tokensPerDay: number | null;
  costPerDay: number | null;
  disclosure: Disclosure;
  redactNames: boolean;
}

/** Whether a model is asked to classify and to summarise a mail that the security scan found to give orders to models. */
export const PROMPT_INJECTION_POLICIES = ['skip', 'ask'] as const;
export type PromptInjectionPolicy = (typeof PROMPT_INJECTION_POLICIES)[number];

/** The operator's settings: a provider by capability, null where there is none, and budgets over all of them. */
export interface OperatorAi {
  capabilities: Record<AiCapability, (ProviderSettings & { key: string | null }) | null>;
  /** Of one organization and day, over all capabilities. */
  tokensPerDay: number | null;
  costPerDay: number | null;
  /** The most that may leave the machine, whatever an organization chooses. */
  disclosures: Record<AiCapability, Disclosure>;
  redactNames: boolean;
  timeoutMs: number;
  /** Whether organizations may name servers in private networks. */
  privateNetworks: boolean;
  promptInjection: PromptInjectionPolicy;
  repairs: { retriesMs: number[]; giveUpMs: number };
}

/** `all` goes for every capability that has no choice of its own. */
export type AiScope = AiCapability | 'all';

/** What an organization chose for a scope; null: what applies without it. Its key is kept apart, sealed. */
export interface ChosenAi {
  capability: AiScope;
  /** False: it is not to be asked at all. */
  enabled: boolean | null;
  provider: OutsideProvider | null;
  model: string | null;
  baseUrl: string | null;
  hasKey: boolean;
  timeoutMs: number | null;
  inputPrice: number | null;
  outputPrice: number | null;
  requestsPerMinute: number | null;
  tokensPerDay: number | null;
  costPerDay: number | null;
  disclosure: Disclosure | null;
  redactNames: boolean | null;
}

/** What applies to a capability of an organization. */
export interface EffectiveAi extends ProviderSettings {
  capability: AiCapability;
  /** Whose endpoint and key: an organization that names its own endpoint never gets the operator's key. */
  owner: 'operator' | 'organization';
  /** The scope of the organization's sealed key; null where the operator's is used, or none is there. */
  keyScope: AiScope | null;
  /** Of the organization and day, over all capabilities. */
  budget: { tokensPerDay: number | null; costPerDay: number | null };
  promptInjection: PromptInjectionPolicy;
}

export type AiStanding = { applies: EffectiveAi; off: null } | { applies: null; off: string };

/**
 * What applies to a capability: the operator's settings, and what the organization chose over them. It may bring its
 * own provider with its own key; where it uses the operator's, it may only narrow. What may leave the machine it may
 * only narrow in either case.
 */
export function effectiveAi(operator: OperatorAi, chosen: readonly ChosenAi[], capability: AiCapability): AiStanding {
  const own = chosen.find((one) => one.capability === capability) ?? null;
  const general = chosen.find((one) => one.capability === 'all') ?? null;
  if (own?.enabled === false || (own?.enabled !== true && general?.enabled === false)) {
    return off('the organization has switched it off');
  }
  // Provider, address, key and model belong together: they come from one scope.
  const endpoint = [own, general].find(
    (one) => one !== null && one.provider !== null && PROVIDERS_OF[capability].includes(one.provider),
  );
  if (endpoint && endpoint === general && own?.model == null && needsOwnModel(capability, endpoint.provider)) {
    return off('it needs a model of its own: name one for it');
  }
  const pick = <Field extends keyof ChosenAi>(field: Field) => own?.[field] ?? general?.[field] ?? null;
  const base = endpoint ? ownProvider(operator, endpoint, capability) : operator.capabilities[capability];
  if (base === null) return off('no provider is configured');
  const owner = endpoint ? 'organization' : 'operator';
  const redactNames = operator.redactNames || base.redactNames || pick('redactNames') === true;
  const narrowest = least(
    operator.disclosures[capability],
    base.disclosure,
    general?.disclosure,
    own?.disclosure,
    // Names are hidden where text is redacted, and nowhere else.
    redactNames ? 'redacted' : null,
  );
  const prices = owner === 'operator' ? base.prices : pricesOf(pick('inputPrice'), pick('outputPrice'));
  const applies: EffectiveAi = {
    capability,
    owner,
    keyScope: endpoint?.hasKey ? endpoint.capability : null,
    provider: base.provider,
    model: owner === 'operator' ? base.model : (own?.model ?? base.model),
    baseUrl: base.baseUrl,
    timeoutMs: Math.min(pick('timeoutMs') ?? base.timeoutMs, LONGEST_TIMEOUT_MS),
    prices,
    requestsPerMinute: lower(owner === 'operator' ? base.requestsPerMinute : null, pick('requestsPerMinute')),
    tokensPerDay: lower(owner === 'operator' ? base.tokensPerDay : null, own?.tokensPerDay ?? null),
    costPerDay: lower(owner === 'operator' ? base.costPerDay : null, own?.costPerDay ?? null),
    disclosure: narrowest,
    redactNames,
    budget: {
      tokensPerDay: lower(owner === 'operator' ? operator.tokensPerDay : null, general?.tokensPerDay ?? null),
      costPerDay: lower(owner === 'operator' ? operator.costPerDay : null, general?.costPerDay ?? null),
    },
    promptInjection: operator.promptInjection,
  };
  if (narrowest === 'nothing' && !staysHere(applies)) {
    return off('nothing may leave the machine, and this provider is outside of it');
  }
  if (narrowest === 'redacted' && readsWhole(applies) && !staysHere(applies)) {
    return off('no more than redacted text may leave the machine, and this provider needs all of it');
  }
  return { applies, off: null };
}

/** Why the recordings of mail are not shown to a recogniser of commands: it takes free speech for the nearest one. */
export const COMMANDS_ALONE = 'pocketsphinx knows commands alone and would take free speech for one: dictate has it';

/** What applies to a step that reads mail. */
export function effectiveForMail(
  operator: OperatorAi,
  chosen: readonly ChosenAi[],
  capability: AskedCapability,
): AiStanding {
  const standing = effectiveAi(operator, chosen, capability);
  return standing.applies?.provider === 'pocketsphinx' ? off(COMMANDS_ALONE) : standing;
}

/** Whether a budget of money is kept for it that no price is known for: it would never be used up. */
export function hasUnpricedBudget(applies: EffectiveAi): boolean {
  const isLimited = applies.costPerDay !== null || applies.budget.costPerDay !== null;
  return isLimited && applies.prices === null && countsTokens(applies.provider);
}

/** Whether a provider counts tokens, by which it is paid. */
export function countsTokens(provider: OutsideProvider): boolean {
  return provider === 'openai' || provider === 'anthropic';
}

/** What is disclosed to it in fact: where nothing leaves the machine, all of the text is read. */
export function disclosedTo(applies: Pick<EffectiveAi, 'disclosure'>): 'redacted' | 'everything' {
  return applies.disclosure === 'redacted' ? 'redacted' : 'everything';
}

/** Sound cannot be redacted, and a translation service would translate the marks. */
function readsWhole({ capability, provider }: EffectiveAi): boolean {
  return capability === 'voice' || provider === 'libretranslate' || provider === 'apertium';
}

/** Whether an address or a program is this machine's own. */
export function staysHere({ provider, baseUrl }: Pick<ProviderSettings, 'provider' | 'baseUrl'>): boolean {
  if (PROGRAMS.includes(provider)) return true;
  if (baseUrl === null) return PROGRAMS_WITHOUT_URL.includes(provider);
  return /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?(?:\/|$)/i.test(baseUrl);
}

/** What is wrong with a description of a provider. */
export function providerProblems(
  given: Pick<ProviderSettings, 'provider' | 'model' | 'baseUrl'>,
): { field: 'model' | 'baseUrl'; problem: string }[] {
  const { provider, model, baseUrl } = given;
  return [
    ...(WITH_MODELS.includes(provider) && !model
      ? [{ field: 'model' as const, problem: `${provider} needs the name of a model` }]
      : []),
    ...(baseUrl === null && provider === 'libretranslate'
      ? [{ field: 'baseUrl' as const, problem: 'libretranslate needs the address of its server' }]
      : []),
  ];
}

/** The address that a provider without a base URL is asked at; null for a program. */
export function hasPublicAddress(provider: OutsideProvider): boolean {
  return WITH_PUBLIC_ADDRESS.includes(provider);
}

/** What a request costs; null where no prices are known. */
export function costOf(prices: ProviderSettings['prices'], tokens: TokenCount | null): number | null {
  if (prices === null || tokens === null) return null;
  return (tokens.input * prices.input + tokens.output * prices.output) / 1_000_000;
}

const LONGEST_TIMEOUT_MS = 120_000;

function needsOwnModel(capability: AiCapability, provider: OutsideProvider | null): boolean {
  return OF_ANOTHER_KIND.includes(capability) && provider !== null && WITH_MODELS.includes(provider);
}

function ownProvider(operator: OperatorAi, chosen: ChosenAi, capability: AiCapability): ProviderSettings {
  return {
    provider: chosen.provider!,
    model: chosen.model,
    baseUrl: chosen.baseUrl,
    timeoutMs: operator.timeoutMs,
    prices: null,
    requestsPerMinute: null,
    tokensPerDay: null,
    costPerDay: null,
    disclosure: operator.disclosures[capability],
    redactNames: false,
  };
}

function off(reason: string): AiStanding {
  return { applies: null, off: reason };
}

function pricesOf(input: number | null, output: number | null): ProviderSettings['prices'] {
  return input === null && output === null ? null : { input: input ?? 0, output: output ?? 0 };
}

function lower(limit: number | null, chosen: number | null): number | null {
  if (limit === null) return chosen;
  return chosen === null ? limit : Math.min(limit, chosen);
}

function least(...given: (Disclosure | null | undefined)[]): Disclosure {
  const places = given.flatMap((one) => (one ? [DISCLOSURES.indexOf(one)] : []));
  return DISCLOSURES[Math.min(...places)] ?? 'nothing';
}

/** Names all that an answer depends on beside the question: equal settings, equal answer. */
export function fingerprintOf(applies: EffectiveAi): string {
  const { provider, model, baseUrl, disclosure, redactNames, owner } = applies;
  return JSON.stringify([provider, model, baseUrl, disclosure, redactNames, owner]);
}

/** An operator without any provider. */
export const NO_PROVIDERS: OperatorAi = {
  capabilities: {
    contentAnalysis: null,
    summary: null,
    translation: null,
    voice: null,
    composition: null,
    embedding: null,
  },
  tokensPerDay: null,
  costPerDay: null,
  disclosures: {
    contentAnalysis: 'redacted',
    summary: 'redacted',
    translation: 'redacted',
    voice: 'redacted',
    composition: 'redacted',
    embedding: 'redacted',
  },
  redactNames: false,
  timeoutMs: 20_000,
  privateNetworks: false,
  promptInjection: 'skip',
  repairs: { retriesMs: [60_000], giveUpMs: 172_800_000 },
};
