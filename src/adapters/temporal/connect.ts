import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';

/**
 * The one data converter of clients and workers. Payloads carry ids and small results, never mail; a codec (for
 * encryption at rest in Temporal) has its place here, for all of them at once.
 */
export const DATA_CONVERTER: DataConverter = { payloadCodecs: [] };

export interface TemporalClientOptions {
  address: string;
  namespace: string;
  /** False: a call fails at the first attempt, for callers that try again in an order or a rhythm of their own. */
  retries?: boolean;
}

/** gRPC waits up to two minutes between attempts to connect; a Temporal that is back is wanted sooner. */
const RECONNECT_MS = 1_000;

/** A client that connects when it is first used: Temporal may be down when a process starts. */
export function createTemporalClient({ address, namespace, retries = true }: TemporalClientOptions): {
  client: Client;
  connection: Connection;
} {
  const connection = Connection.lazy({
    address,
    connectTimeout: '5s',
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': RECONNECT_MS, 'grpc.max_reconnect_backoff_ms': RECONNECT_MS },
    ...(retries ? {} : { interceptors: [] }),
  });
  return { client: new Client({ connection, namespace, dataConverter: DATA_CONVERTER }), connection };
}
