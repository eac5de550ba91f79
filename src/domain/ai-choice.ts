import { DISCLOSURES } from './ai.js';
import { hasPublicAddress, PROVIDERS_OF, providerProblems, type AiScope, type ChosenAi } from './ai-settings.js';
import type { Problem } from './problem.js';

const LONGEST_TIMEOUT_MS = 120_000;
const MOST_COUNT = 1_000_000_000_000;

/** What of an organization's choice changes; undefined stays, null goes back to what applies without it. */
export type AiChoice = { [Field in Exclude<keyof ChosenAi, 'capability' | 'hasKey'>]?: ChosenAi[Field] };

/** What is wrong with a choice, by field. `before` is what the scope had. */
export function aiChoiceProblems(scope: AiScope, choice: AiChoice, before: ChosenAi | null): Problem[] {
  const after = { ...before, ...defined(choice) };
  const problems: Problem[] = [];
  const add = (field: string, problem: string) => problems.push({ field, problem });
  const { provider = null, model = null, baseUrl = null } = after;
  if (provider === null) {
    if (baseUrl !== null) add('baseUrl', 'it is the address of a provider: name that as well');
    if (model !== null && scope === 'all') add('model', 'it is a model of a provider: name that as well');
  } else {
    if (scope !== 'all' && !PROVIDERS_OF[scope].includes(provider)) {
      add('provider', `${scope} can be asked of ${PROVIDERS_OF[scope].join(', ')}`);
    }
    problems.push(...providerProblems({ provider, model, baseUrl }));
    if (baseUrl === null && !hasPublicAddress(provider)) {
      add('provider', `${provider} is a program of the server's: its operator decides about it`);
    }
  }
  if (choice.baseUrl) problems.push(...addressProblems(choice.baseUrl));
  const within = (field: keyof AiChoice, least: number, most: number) => {
    const value = choice[field];
    if (typeof value === 'number' && !(value >= least && value <= most)) {
      add(field, `must be from ${least} to ${most}`);
    }
  };
  within('timeoutMs', 1_000, LONGEST_TIMEOUT_MS);
  within('inputPrice', 0, MOST_COUNT);
  within('outputPrice', 0, MOST_COUNT);
  within('requestsPerMinute', 1, MOST_COUNT);
  within('tokensPerDay', 0, MOST_COUNT);
  within('costPerDay', 0, MOST_COUNT);
  if (typeof choice.model === 'string' && (choice.model === '' || choice.model.length > 200)) {
    add('model', 'must have 1 to 200 characters');
  }
  if (choice.disclosure && !DISCLOSURES.includes(choice.disclosure)) {
    add('disclosure', `must be one of ${DISCLOSURES.join(', ')}`);
  }
  return problems;
}

const ADDRESS = /^https?:\/\/(?:[\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?(?:\/[\w./~-]{0,500})?$/i;

function addressProblems(address: string): Problem[] {
  if (ADDRESS.test(address)) return [];
  return [
    { field: 'baseUrl', problem: 'must be like https://models.example.com/v1, without user, query and fragment' },
  ];
}

function defined<Given extends object>(given: Given): Partial<Given> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<Given>;
}
