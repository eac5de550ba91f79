import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { RunRecord } from '../../adapters/messages/read-runs.js';
import type { Caller } from '../graphql/caller.js';
import { Finding, Run, Stage } from './run.types.js';
import { stagesOf } from './stages.js';

@Resolver(() => Run)
export class RunResolver {
  @ResolveField(() => [Stage], { description: 'The stages that began, in the order of the flow, with their steps.' })
  async stages(@Parent() run: RunRecord, @Context('caller') caller: Caller): Promise<Stage[]> {
    return stagesOf(await caller.loaders.steps.load(run.id));
  }

  @ResolveField(() => [Finding], { description: 'What this run found, the gravest first.' })
  findings(@Parent() run: RunRecord, @Context('caller') caller: Caller): Promise<Finding[]> {
    return caller.loaders.findings.load(run.id);
  }
}
