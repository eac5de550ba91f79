import { Args, Context, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../graphql/caller.js';
import { RuleVariable } from '../rules/rule.types.js';
import { OutgoingRuleTestService } from './outgoing-rule-test.service.js';
import { OutgoingRuleService } from './outgoing-rule.service.js';
import { OutgoingRule, OutgoingRuleInput, OutgoingRuleTest } from './outgoing-rule.types.js';

@Resolver(() => OutgoingRule)
export class OutgoingRuleResolver {
  constructor(
    private readonly rules: OutgoingRuleService,
    private readonly tests: OutgoingRuleTestService,
  ) {}

  @Query(() => [OutgoingRule], { description: "The organization's rules for outgoing mail in their order." })
  outgoingRules(@Context('caller') caller: Caller) {
    return this.rules.list(caller.organizationId);
  }

  @Query(() => [RuleVariable], { description: 'Everything that expressions of rules for outgoing mail may look at.' })
  outgoingRuleVariables() {
    return this.rules.variables();
  }

  @Query(() => OutgoingRuleTest, {
    description: 'What the rules would say of an outgoing message, and why. Changes nothing.',
  })
  testOutgoingRules(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: 'An outgoing message, by its id.' }) messageId: string,
    @Args('rules', {
      type: () => [OutgoingRuleInput],
      nullable: true,
      description: 'Drafts that are tried instead of the rules that there are.',
    })
    rules: OutgoingRuleInput[] | null,
  ) {
    return this.tests.test(caller.organizationId, messageId, rules ?? null);
  }

  @Mutation(() => OutgoingRule, {
    description: 'Writes a rule, behind all others where it is new. It is asked for the next message that is prepared.',
  })
  saveOutgoingRule(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => OutgoingRuleInput, description: 'The rule.' }) input: OutgoingRuleInput,
    @Args('id', { type: () => ID, nullable: true, description: 'The rule to change; a new one where it is left out.' })
    id: string | null,
  ) {
    return this.rules.save(caller, id ?? null, input);
  }

  @Mutation(() => OutgoingRule, { description: 'Removes a rule; answers with it as it was.' })
  removeOutgoingRule(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The rule.' }) id: string,
  ) {
    return this.rules.remove(caller, id);
  }

  @Mutation(() => [OutgoingRule], { description: 'Puts the rules into another order.' })
  orderOutgoingRules(
    @Context('caller') caller: Caller,
    @Args('ids', { type: () => [ID], description: 'All rules, in the order in which they are to be asked.' })
    ids: string[],
  ) {
    return this.rules.order(caller, ids);
  }
}
