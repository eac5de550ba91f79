import type { Database, Sql } from '../../src/adapters/database/database.js';
import { createTestDatabase, type TestDatabase, type TestOrganization } from './database.js';
import { IncomingFlow } from './incoming-flow.js';
import { startTemporal } from './servers.js';
import { bundleWorkflows } from './workflow-build.js';

export interface FlowServers {
  database: TestDatabase;
  owner: Database;
  flow: IncomingFlow;
  /** Reads with the rights of an organization. */
  read<T>(organization: TestOrganization, read: (sql: Sql) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** A Temporal server and a database for one test file, and the incoming flow on them; workers are the test's. */
export async function startFlowServers(): Promise<FlowServers> {
  const [database, temporal, build] = await Promise.all([createTestDatabase(), startTemporal(), bundleWorkflows()]);
  const app = database.open('everpost_app');
  const flow = new IncomingFlow({
    databaseUrl: database.url,
    app,
    system: database.open('everpost_system'),
    temporal,
    build,
  });
  return {
    database,
    owner: database.open('owner', 2),
    flow,
    read: (organization, read) => app.withOrganization(organization.id, read),
    async stop() {
      await flow.close();
      await database.drop();
      await temporal.stop();
    },
  };
}
