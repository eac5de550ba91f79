import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { BUNDLE_FILE, buildIdOf } from './workflow-bundle.js';

/** Bundles the workflows once at build time: a worker that bundles at its start loses seconds and may differ. */
const { code } = await bundleWorkflowCode({
  workflowsPath: path.resolve(import.meta.dirname, '../workflows/index.js'),
  logger: new DefaultLogger('WARN'),
});
await mkdir(path.dirname(BUNDLE_FILE), { recursive: true });
await writeFile(BUNDLE_FILE, code);
process.stdout.write(`workflow bundle ${buildIdOf(code)}, ${Math.round(code.length / 1024)} KiB\n`);
