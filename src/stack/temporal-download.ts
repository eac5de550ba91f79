/**
 * A program of its own: `node temporal-download.js FOLDER` lets the testing package download Temporal into FOLDER.
 * Its native download can be neither watched nor canceled; a process can be killed.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('usage: temporal-download FOLDER');

// Starting it once is the only way in; it also shows that the binary runs here.
const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir: folder } },
});
await environment.teardown();
