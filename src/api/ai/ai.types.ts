import { Field, Float, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { AiCapability, Disclosure } from '../../domain/ai.js';
import type { AiScope, OutsideProvider } from '../../domain/ai-settings.js';
import { AiCapabilityEnum, AiOwnerEnum, AiProviderEnum, AiScopeEnum, DisclosureEnum } from '../graphql/enums.js';
import { DateScalar } from '../graphql/scalars.js';

@ObjectType({ description: 'What applies to one capability; keys of providers are never shown.' })
export class AiCapabilitySettings {
  @Field(() => AiCapabilityEnum, { description: 'What is asked.' })
  capability!: AiCapability;

  @Field(() => String, { nullable: true, description: 'Why no provider is asked; null where one is.' })
  off!: string | null;

  @Field(() => AiProviderEnum, { nullable: true, description: 'Who is asked.' })
  provider!: OutsideProvider | null;

  @Field(() => AiOwnerEnum, { nullable: true, description: 'Whose provider and key it is.' })
  owner!: 'operator' | 'organization' | null;

  @Field(() => String, { nullable: true, description: 'As the provider names it.' })
  model!: string | null;

  @Field(() => String, { nullable: true, description: "The address of the organization's own provider." })
  baseUrl!: string | null;

  @Field(() => DisclosureEnum, { nullable: true, description: 'What of a mail is sent to it.' })
  disclosure!: Disclosure | null;

  @Field(() => Boolean, { description: 'Whether names of people are redacted as well.' })
  redactNames!: boolean;

  @Field(() => Int, { nullable: true, description: 'Milliseconds that one request may take.' })
  timeoutMs!: number | null;

  @Field(() => Float, { nullable: true, description: 'For a million tokens that are sent.' })
  inputPrice!: number | null;

  @Field(() => Float, { nullable: true, description: 'For a million tokens that are answered.' })
  outputPrice!: number | null;

  @Field(() => Int, { nullable: true, description: 'At most; null: no limit.' })
  requestsPerMinute!: number | null;

  @Field(() => Float, { nullable: true, description: 'At most, for this capability; null: no limit.' })
  tokensPerDay!: number | null;

  @Field(() => Float, { nullable: true, description: 'At most, for this capability; null: no limit.' })
  costPerDay!: number | null;
}

@ObjectType({ description: 'What the organization chose for a scope; null: what applies without it.' })
export class AiChosen {
  @Field(() => AiScopeEnum, { description: 'Every capability, or one.' })
  capability!: AiScope;

  @Field(() => Boolean, { nullable: true, description: 'False: no provider is asked.' })
  enabled!: boolean | null;

  @Field(() => AiProviderEnum, { nullable: true, description: "A provider of the organization's own." })
  provider!: OutsideProvider | null;

  @Field(() => String, { nullable: true, description: 'Its model.' })
  model!: string | null;

  @Field(() => String, { nullable: true, description: 'Its address; null: the public one of the provider.' })
  baseUrl!: string | null;

  @Field(() => Boolean, { description: 'Whether a key is kept for it, sealed.' })
  hasKey!: boolean;

  @Field(() => Int, { nullable: true, description: 'Milliseconds that one request may take.' })
  timeoutMs!: number | null;

  @Field(() => Float, { nullable: true, description: 'For a million tokens that are sent.' })
  inputPrice!: number | null;

  @Field(() => Float, { nullable: true, description: 'For a million tokens that are answered.' })
  outputPrice!: number | null;

  @Field(() => Int, { nullable: true, description: 'At most.' })
  requestsPerMinute!: number | null;

  @Field(() => Float, { nullable: true, description: 'At most, of the scope.' })
  tokensPerDay!: number | null;

  @Field(() => Float, { nullable: true, description: 'At most, of the scope.' })
  costPerDay!: number | null;

  @Field(() => DisclosureEnum, { nullable: true, description: 'What of a mail may be sent.' })
  disclosure!: Disclosure | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether names of people are redacted as well.' })
  redactNames!: boolean | null;
}

@ObjectType({ description: 'Providers beside the embedded engines: what applies, and what the organization chose.' })
export class AiSettings {
  @Field(() => [AiCapabilitySettings], { description: 'What applies to each capability.' })
  capabilities!: AiCapabilitySettings[];

  @Field(() => [AiChosen], { description: 'What the organization chose itself.' })
  chosen!: AiChosen[];
}

@InputType({ description: 'A choice. What is left out stays; null goes back to what applies without it.' })
export class UpdateAiInput {
  @Field(() => AiScopeEnum, { description: 'Every capability (`all`), or one, which goes before `all`.' })
  capability!: AiScope;

  @Field(() => Boolean, { nullable: true, description: 'False: no provider is asked.' })
  enabled?: boolean | null;

  @Field(() => AiProviderEnum, {
    nullable: true,
    description: 'A provider of your own. A key that was kept is forgotten when provider or address change.',
  })
  provider?: OutsideProvider | null;

  @Field(() => String, { nullable: true, description: 'Its model.' })
  model?: string | null;

  @Field(() => String, { nullable: true, description: 'Its address: `https://models.example.com/v1`.' })
  baseUrl?: string | null;

  @Field(() => String, { nullable: true, description: 'Its key; sealed at once and never returned. Null forgets it.' })
  key?: string | null;

  @Field(() => Int, { nullable: true, description: '1,000 to 120,000.' })
  timeoutMs?: number | null;

  @Field(() => Float, { nullable: true, description: 'Of your own provider, for a million tokens that are sent.' })
  inputPrice?: number | null;

  @Field(() => Float, { nullable: true, description: 'Of your own provider, for a million tokens that are answered.' })
  outputPrice?: number | null;

  @Field(() => Int, { nullable: true, description: 'At most; what the operator allows is not exceeded.' })
  requestsPerMinute?: number | null;

  @Field(() => Float, { nullable: true, description: 'At most; what the operator allows is not exceeded.' })
  tokensPerDay?: number | null;

  @Field(() => Float, { nullable: true, description: 'At most; what the operator allows is not exceeded.' })
  costPerDay?: number | null;

  @Field(() => DisclosureEnum, { nullable: true, description: 'At most; what the operator allows is not exceeded.' })
  disclosure?: Disclosure | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether names of people are redacted as well.' })
  redactNames?: boolean | null;
}

@ObjectType({ description: 'What providers were asked, and what it cost.' })
export class AiUsage {
  @Field(() => Int, { description: 'Requests that were made.' })
  requests!: number;

  @Field(() => Int, { description: 'Those that brought nothing that could be used.' })
  failures!: number;

  @Field(() => Float, { description: 'Tokens that were sent, as the providers count them.' })
  inputTokens!: number;

  @Field(() => Float, { description: 'Tokens that were answered.' })
  outputTokens!: number;

  @Field(() => Float, { description: 'By the prices that are configured; 0 where none are.' })
  cost!: number;
}

@ObjectType({ description: 'What providers were asked on one day.' })
export class AiUsageOfDay extends AiUsage {
  @Field(() => DateScalar, { description: "A day of the organization's time zone." })
  day!: string;

  @Field(() => AiScopeEnum, { description: '`all`: together.' })
  capability!: AiScope;
}
