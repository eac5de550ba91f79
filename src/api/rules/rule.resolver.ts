import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { RuleRecord } from '../../adapters/organizations/rules.js';
import type { Caller } from '../graphql/caller.js';
import { RulePhaseEnum } from '../graphql/enums.js';
import { RuleTestService } from './rule-test.service.js';
import { RuleService } from './rule.service.js';
import { DispositionRule, DispositionRuleInput, RuleTest, RuleVariable } from './rule.types.js';

@Resolver(() => DispositionRule)
export class RuleResolver {
  constructor(
    private readonly rules: RuleService,
    private readonly tests: RuleTestService,
  ) {}

  @Query(() => [DispositionRule], { description: "The organization's disposition rules in their order." })
  dispositionRules(@Context('caller') caller: Caller) {
    return this.rules.list(caller.organizationId);
  }

  @Query(() => [RuleVariable], { description: 'Everything that expressions of rules may look at.' })
  ruleVariables() {
    return this.rules.variables();
  }

  @Query(() => RuleTest, {
    description: 'A dry run over one message: which rule holds and why, and what would be decided. Changes nothing.',
  })
  testRules(
    @Context('caller') caller: Caller,
    @Args('messageId', { type: () => ID, description: 'A message that was analysed, by its id.' }) messageId: string,
    @Args('rules', {
      type: () => [DispositionRuleInput],
      nullable: true,
      description: 'Drafts that are tried instead of the rules that there are.',
    })
    rules: DispositionRuleInput[] | null,
  ) {
    return this.tests.test(caller.organizationId, messageId, rules ?? null);
  }

  @Mutation(() => DispositionRule, {
    description: 'Writes a rule, behind all others where it is new. It is asked for the next message that is decided.',
  })
  saveDispositionRule(
    @Context('caller') caller: Caller,
    @Args('input', { type: () => DispositionRuleInput, description: 'The rule.' }) input: DispositionRuleInput,
    @Args('id', { type: () => ID, nullable: true, description: 'The rule to change; a new one where it is left out.' })
    id: string | null,
  ) {
    return this.rules.save(caller.organizationId, id ?? null, input);
  }

  @Mutation(() => DispositionRule, { description: 'Removes a rule; answers with it as it was.' })
  removeDispositionRule(
    @Context('caller') caller: Caller,
    @Args('id', { type: () => ID, description: 'The rule.' }) id: string,
  ) {
    return this.rules.remove(caller.organizationId, id);
  }

  @Mutation(() => [DispositionRule], { description: 'Puts the rules into another order.' })
  orderDispositionRules(
    @Context('caller') caller: Caller,
    @Args('ids', { type: () => [ID], description: 'All rules, in the order in which they are to be asked.' })
    ids: string[],
  ) {
    return this.rules.order(caller.organizationId, ids);
  }

  @ResolveField(() => RulePhaseEnum, { nullable: true })
  phase(@Parent() rule: RuleRecord) {
    return this.rules.phaseOf(rule);
  }
}
