import { Injectable } from '@nestjs/common';
import { changeAi, NoSecretKey, readChosenAi, type AiChange } from '../../adapters/ai/ai-settings.js';
import { namedAddressProblem } from '../../adapters/ai/named-address.js';
import { wakeOwed } from '../../adapters/ai/owed.js';
import { readAiUsage, type AiUsageOfDay } from '../../adapters/ai/read-usage.js';
import { Database } from '../../adapters/database/database.js';
import { readToday } from '../../adapters/organizations/counters.js';
import { AI_CAPABILITIES, type AiCapability } from '../../domain/ai.js';
import { aiChoiceProblems } from '../../domain/ai-choice.js';
import { effectiveAi, hasUnpricedBudget, type ChosenAi } from '../../domain/ai-settings.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { SecretKey } from '../secret-key.js';
import type { AiCapabilitySettings, AiSettings, UpdateAiInput } from './ai.types.js';
import { OperatorProviders } from './operator-ai.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const DEFAULT_DAYS = 30;
const MOST_DAYS = 366;
const LONGEST_KEY = 4_000;

@Injectable()
export class AiService {
  constructor(
    private readonly database: Database,
    private readonly operator: OperatorProviders,
    private readonly secretKey: SecretKey,
  ) {}

  async read(organizationId: string): Promise<AiSettings> {
    return this.#shown(await this.database.withOrganization(organizationId, readChosenAi));
  }

  /** @throws ApiError BAD_USER_INPUT that names every wrong field; CONFLICT where no key can be kept */
  async update(organizationId: string, input: UpdateAiInput): Promise<AiSettings> {
    const { capability, key, ...choice } = input;
    const change: AiChange = { ...choice, capability, ...(key === undefined ? {} : { key }) };
    try {
      const chosen = await this.database.withOrganization(organizationId, async (sql) => {
        const before = (await readChosenAi(sql)).find((one) => one.capability === capability) ?? null;
        const problems = aiChoiceProblems(capability, choice, before);
        if (key && (key.length > LONGEST_KEY || !/^[\x21-\x7e]+$/.test(key))) {
          problems.push({ field: 'key', problem: `must be visible ASCII, at most ${LONGEST_KEY} characters` });
        }
        if (key && (choice.provider === undefined ? before?.provider : choice.provider) == null) {
          problems.push({ field: 'key', problem: 'it is the key of a provider: name that as well' });
        }
        const refused = choice.baseUrl
          ? namedAddressProblem(choice.baseUrl, this.operator.settings.privateNetworks)
          : null;
        if (refused !== null) problems.push({ field: 'baseUrl', problem: refused });
        if (problems.length > 0) throw wrongInput(problems);
        await changeAi(sql, organizationId, change, this.secretKey.key);
        this.#refuseUnpriced(await readChosenAi(sql), choice.costPerDay ?? null);
        // What failed under the old choice may well be answered under the new one.
        await wakeOwed(sql, null, true);
        return readChosenAi(sql);
      });
      return this.#shown(chosen);
    } catch (error) {
      if (error instanceof NoSecretKey) throw new ApiError('CONFLICT', error.message);
      throw error;
    }
  }

  /** A budget of money that nothing counts against would be believed in. */
  #refuseUnpriced(chosen: ChosenAi[], costPerDay: number | null): void {
    if (costPerDay === null) return;
    const unpriced = AI_CAPABILITIES.filter((capability) => {
      const { applies } = effectiveAi(this.operator.settings, chosen, capability);
      return applies !== null && hasUnpricedBudget(applies);
    });
    if (unpriced.length === 0) return;
    const problem = `no price is known for ${unpriced.join(', ')}: set inputPrice and outputPrice, or tokensPerDay instead`;
    throw wrongInput([{ field: 'costPerDay', problem }]);
  }

  /** @throws ApiError BAD_USER_INPUT for days that lie the wrong way round or too far apart */
  async usage(organizationId: string, from: string | null, to: string | null): Promise<AiUsageOfDay[]> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const last = to ?? (await readToday(sql));
      const first = from ?? earlier(last, DEFAULT_DAYS - 1);
      if (first > last) throw wrongInput([{ field: 'from', problem: `must not lie after ${last}` }]);
      if (first < earlier(last, MOST_DAYS - 1)) {
        throw wrongInput([{ field: 'from', problem: `must lie at most ${MOST_DAYS} days before ${last}` }]);
      }
      return readAiUsage(sql, first, last);
    });
  }

  #shown(chosen: ChosenAi[]): AiSettings {
    return { capabilities: AI_CAPABILITIES.map((capability) => this.#settingsOf(chosen, capability)), chosen };
  }

  #settingsOf(chosen: ChosenAi[], capability: AiCapability): AiCapabilitySettings {
    const { applies, off } = effectiveAi(this.operator.settings, chosen, capability);
    return {
      capability,
      off,
      provider: applies?.provider ?? null,
      owner: applies?.owner ?? null,
      model: applies?.model ?? null,
      // Where the operator's servers stand is nobody else's to know.
      baseUrl: applies?.owner === 'organization' ? applies.baseUrl : null,
      disclosure: applies?.disclosure ?? null,
      redactNames: applies?.redactNames ?? false,
      timeoutMs: applies?.timeoutMs ?? null,
      inputPrice: applies?.prices?.input ?? null,
      outputPrice: applies?.prices?.output ?? null,
      requestsPerMinute: applies?.requestsPerMinute ?? null,
      tokensPerDay: applies?.tokensPerDay ?? null,
      costPerDay: applies?.costPerDay ?? null,
    };
  }
}

function earlier(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
}
