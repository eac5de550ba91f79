import { expect, test } from 'vitest';
import { readConfig } from '../../../src/config.js';
import { aiChoiceProblems } from '../../../src/domain/ai-choice.js';
import { effectiveAi, staysHere, type ChosenAi } from '../../../src/domain/ai-settings.js';

const chosen = (more: Partial<ChosenAi>): ChosenAi => ({
  capability: 'all',
  enabled: null,
  provider: null,
  model: null,
  baseUrl: null,
  hasKey: false,
  timeoutMs: null,
  inputPrice: null,
  outputPrice: null,
  requestsPerMinute: null,
  tokensPerDay: null,
  costPerDay: null,
  disclosure: null,
  redactNames: null,
  ...more,
});
const operator = (variables: Record<string, string>) => readConfig(variables).ai;
const GENERAL = {
  AI_PROVIDER: 'openai',
  AI_MODEL: 'small',
  AI_API_KEY: 'sk-secret',
  AI_BASE_URL: 'https://ai.example/v1',
};

test('without variables no provider is asked for anything', () => {
  const { capabilities } = operator({});
  expect(Object.values(capabilities)).toEqual([null, null, null, null, null, null]);
});

test('the general form goes for what writes text; speech and embeddings need a model of their own', () => {
  const { capabilities } = operator(GENERAL);
  expect(capabilities.summary).toMatchObject({ provider: 'openai', model: 'small', key: 'sk-secret' });
  expect(capabilities.voice).toBeNull();
  expect(capabilities.embedding).toBeNull();
  expect(operator({ ...GENERAL, AI_VOICE_MODEL: 'whisper' }).capabilities.voice).toMatchObject({
    model: 'whisper',
    key: 'sk-secret',
  });
});

test('a model that an organization names for all is none for speech and embeddings', () => {
  const general = chosen({ provider: 'openai', model: 'small', baseUrl: 'https://own.example/v1' });
  const settings = operator({ ...GENERAL, AI_EMBEDDING_MODEL: 'vectors', AI_VOICE_DISCLOSURE: 'everything' });
  expect(effectiveAi(settings, [general], 'summary').applies).toMatchObject({ model: 'small', owner: 'organization' });
  for (const capability of ['voice', 'embedding'] as const) {
    expect(effectiveAi(settings, [general], capability)).toEqual({
      applies: null,
      off: expect.stringMatching(/model of its own/) as string,
    });
    const named = [general, chosen({ capability, model: 'mine' })];
    expect(effectiveAi(settings, named, capability).applies).toMatchObject({
      model: 'mine',
      owner: 'organization',
      baseUrl: 'https://own.example/v1',
    });
  }
  expect(effectiveAi(settings, [], 'embedding').applies).toMatchObject({ model: 'vectors', owner: 'operator' });
});

test('a capability with another provider or address does not get the general key', () => {
  const { capabilities } = operator({
    ...GENERAL,
    AI_SUMMARY_MODEL: 'large',
    AI_TRANSLATION_PROVIDER: 'libretranslate',
    AI_TRANSLATION_BASE_URL: 'https://translate.example',
    AI_COMPOSITION_BASE_URL: 'https://elsewhere.example/v1/',
    AI_COMPOSITION_MODEL: 'other',
    AI_CONTENT_ANALYSIS_PROVIDER: 'off',
  });
  expect(capabilities.summary).toMatchObject({ model: 'large', key: 'sk-secret', baseUrl: 'https://ai.example/v1' });
  expect(capabilities.translation).toMatchObject({ provider: 'libretranslate', key: null, model: null });
  expect(capabilities.composition).toMatchObject({ baseUrl: 'https://elsewhere.example/v1', key: null });
  expect(capabilities.contentAnalysis).toBeNull();
});

test('what contradicts itself is told, every line of it, and no secret is shown', () => {
  const wrong = {
    AI_PROVIDER: 'openai',
    AI_API_KEY: 'sk secret',
    AI_TIMEOUT: '5 minutes',
    AI_SUMMARY_COST_PER_DAY: '1',
  };
  expect(() => readConfig(wrong)).toThrow(/AI_TIMEOUT[^]*AI_SUMMARY_MODEL is not set[^]*AI_SUMMARY_PRICE_INPUT/);
  expect(() => readConfig(wrong)).not.toThrow(/sk secret/);
  expect(() => readConfig({ AI_SUMMARY_MODEL: 'small' })).toThrow(/set AI_SUMMARY_PROVIDER or AI_PROVIDER/);
});

test('a key may be given by file', () => {
  const { AI_API_KEY: _, ...rest } = GENERAL;
  const config = readConfig({ ...rest, AI_API_KEY_FILE: '/run/key' }, () => 'sk-of-file\n');
  expect(config.ai.capabilities.summary?.key).toBe('sk-of-file');
});

test('an organization that names its own endpoint never gets the operator’s key, model or budget', () => {
  const own = chosen({
    provider: 'openai',
    baseUrl: 'https://mine.example/v1',
    model: 'mine',
    tokensPerDay: 9_000_000,
  });
  const { applies } = effectiveAi(operator({ ...GENERAL, AI_TOKENS_PER_DAY: '1000' }), [own], 'summary');
  expect(applies).toMatchObject({
    owner: 'organization',
    keyScope: null,
    model: 'mine',
    budget: { tokensPerDay: 9_000_000 },
  });
});

test('under the operator’s endpoint an organization may only narrow', () => {
  const settings = operator({ ...GENERAL, AI_TOKENS_PER_DAY: '1000', AI_REQUESTS_PER_MINUTE: '10' });
  const wide = [chosen({ tokensPerDay: 5_000, requestsPerMinute: 99, disclosure: 'everything', model: 'huge' })];
  expect(effectiveAi(settings, wide, 'summary').applies).toMatchObject({
    owner: 'operator',
    model: 'small',
    requestsPerMinute: 10,
    disclosure: 'redacted',
    budget: { tokensPerDay: 1_000 },
  });
  const narrow = [
    chosen({ tokensPerDay: 50, requestsPerMinute: 2 }),
    chosen({ capability: 'summary', enabled: false }),
  ];
  expect(effectiveAi(settings, narrow, 'contentAnalysis').applies).toMatchObject({
    requestsPerMinute: 2,
    budget: { tokensPerDay: 50 },
  });
  expect(effectiveAi(settings, narrow, 'summary')).toEqual({
    applies: null,
    off: 'the organization has switched it off',
  });
});

test('where nothing may leave the machine only what runs on it is asked', () => {
  const nothing = [chosen({ disclosure: 'nothing' })];
  expect(effectiveAi(operator(GENERAL), nothing, 'summary').off).toMatch(/nothing may leave/);
  const local = operator({ ...GENERAL, AI_BASE_URL: 'http://127.0.0.1:8080/v1' });
  expect(effectiveAi(local, nothing, 'summary').applies).toMatchObject({ disclosure: 'nothing' });
  expect(staysHere({ provider: 'openai', baseUrl: 'http://127.0.0.1.attacker.example/v1' })).toBe(false);
  expect(staysHere({ provider: 'openai', baseUrl: 'http://localhost@attacker.example/' })).toBe(false);
  expect(staysHere({ provider: 'apertium', baseUrl: null })).toBe(true);
});

test('what cannot be redacted stays here where no more than redacted text may leave', () => {
  const libre = { AI_TRANSLATION_PROVIDER: 'libretranslate', AI_TRANSLATION_BASE_URL: 'https://translate.example' };
  expect(effectiveAi(operator(libre), [], 'translation').off).toMatch(/redacted/);
  const whole = operator({ ...libre, AI_TRANSLATION_DISCLOSURE: 'everything' });
  expect(effectiveAi(whole, [], 'translation').applies).toMatchObject({ disclosure: 'everything' });
  expect(effectiveAi(whole, [chosen({ disclosure: 'redacted' })], 'translation').applies).toBeNull();
  const here = operator({ ...libre, AI_TRANSLATION_BASE_URL: 'http://localhost:5000' });
  expect(effectiveAi(here, [], 'translation').applies).not.toBeNull();
});

test('a choice that cannot work is refused by field', () => {
  expect(aiChoiceProblems('summary', { provider: 'apertium' }, null).map(({ field }) => field)).toContain('provider');
  expect(aiChoiceProblems('voice', { provider: 'pocketsphinx' }, null)).not.toEqual([]);
  expect(aiChoiceProblems('summary', { provider: 'openai' }, null)).toEqual([
    { field: 'model', problem: 'openai needs the name of a model' },
  ]);
  const at = (baseUrl: string) => aiChoiceProblems('summary', { provider: 'openai', model: 'm', baseUrl }, null);
  expect(at('https://models.example.com/v1')).toEqual([]);
  for (const bad of ['file:///etc/passwd', 'https://u:p@example.com/', 'https://example.com/?a=1', 'gopher://x', 'x']) {
    expect(at(bad), bad).toHaveLength(1);
  }
});

test('what is set for nobody is told', () => {
  expect(() => operator({ AI_API_KEY: 'sk-secret', AI_MODEL: 'small' })).toThrow(
    /AI_MODEL is set and no provider is: set AI_PROVIDER to openai, anthropic/,
  );
});

test('names that are to be hidden are not sent with the whole text', () => {
  const whole = operator({ ...GENERAL, AI_DISCLOSURE: 'everything' });
  expect(effectiveAi(whole, [], 'summary').applies).toMatchObject({ disclosure: 'everything' });
  const hiding = [chosen({ redactNames: true })];
  expect(effectiveAi(whole, hiding, 'summary').applies).toMatchObject({ disclosure: 'redacted', redactNames: true });
  const hidden = operator({ ...GENERAL, AI_DISCLOSURE: 'everything', AI_REDACT_NAMES: 'true' });
  expect(effectiveAi(hidden, [], 'summary').applies).toMatchObject({ disclosure: 'redacted' });
});

test('mail that gives orders to models is shown to none unless the operator says so', () => {
  expect(effectiveAi(operator(GENERAL), [], 'summary').applies).toMatchObject({ promptInjection: 'skip' });
  const asking = operator({ ...GENERAL, AI_PROMPT_INJECTION: 'ask' });
  expect(effectiveAi(asking, [], 'summary').applies).toMatchObject({ promptInjection: 'ask' });
});
