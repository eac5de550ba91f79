import type { ApiOptions } from '../../../src/api/create-api.js';
import { createTemporalClient } from '../../../src/adapters/temporal/connect.js';
import { IncomingFlow } from '../../support/incoming-flow.js';
import { startTemporal } from '../../support/servers.js';
import { bundleWorkflows } from '../../support/workflow-build.js';
import { startTestApi, type TestApi } from '../api/test-api.js';

export interface LearningServers {
  api: TestApi;
  flow: IncomingFlow;
  /** Asks as an organization; throws where the API answers with errors. */
  ask<Data>(token: string, query: string, variables?: Record<string, unknown>): Promise<Data>;
  stop(): Promise<void>;
}

/** The API and the flow on one database and one Temporal server; workers are the test's. */
export async function startLearningServers(options: Partial<ApiOptions> = {}): Promise<LearningServers> {
  const [temporal, build] = await Promise.all([startTemporal(), bundleWorkflows()]);
  const access = createTemporalClient(temporal);
  const api = await startTestApi({ temporal: access, ...options });
  const flow = new IncomingFlow({
    databaseUrl: api.database.url,
    app: api.database.open('everpost_app'),
    system: api.database.open('everpost_system'),
    temporal,
    build,
  });
  return {
    api,
    flow,
    async ask<Data>(token: string, query: string, variables?: Record<string, unknown>): Promise<Data> {
      const { data, errors } = await api.graphql<Data>(token, query, variables);
      if (errors) throw new Error(errors.map(({ message }) => message).join('; '));
      return data!;
    },
    async stop() {
      await flow.close();
      await api.close();
      await access.connection.close();
      await temporal.stop();
    },
  };
}
