import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { buildIdOf, type WorkflowBuild } from '../../src/workers/workflow-bundle.js';

const PRESENT = path.resolve(import.meta.dirname, '../../src/workflows/index.ts');

/** The workflows bundled from the sources as they are, so that no test leans on what was built before it. */
export async function bundleWorkflows(workflowsPath = PRESENT): Promise<WorkflowBuild> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  return { buildId: buildIdOf(code), code };
}
