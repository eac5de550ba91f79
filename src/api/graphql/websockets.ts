import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Disposable } from 'graphql-ws';
import type { GetEnvelopedFn } from '@envelop/core';
import { GraphQLError, type DocumentNode, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Viewer } from '../authentication/token-authenticator.js';
import type { Caller } from './caller.js';
import { ApiError } from './errors.js';

/** Queries and subscriptions are small; processEmail with attachments goes over HTTP. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** RFC 6455 7.4.1 (IANA registry): the service is there, the database behind it is not. */
const TRY_AGAIN_LATER = 1013;

export interface WebSocketOptions {
  server: Server;
  path: string;
  authenticate: (authorization: unknown) => Promise<Viewer | null>;
  callerFor: (viewer: Viewer, authorization: string, clientAddress: string | null) => Caller;
  getEnveloped: (context: Record<string, unknown>) => ReturnType<GetEnvelopedFn<object>>;
}

export interface WebSocketService {
  /** Tells every client that we go away (1001), so that it comes back by its cursor. */
  close(): Promise<void>;
}

type Arguments = ExecutionArgs & Pick<ReturnType<GetEnvelopedFn<object>>, 'execute' | 'subscribe'>;
type ConnectionExtra = Extra & { authorization?: string } & Record<PropertyKey, unknown>;

/**
 * graphql-ws on the server's upgrade. The token comes in connection_init's payload (`authorization`; browsers cannot
 * set headers here) or in the upgrade's header; without a valid one the socket is closed with 4403. It is asked for
 * again at each operation. An event is sent once the one before it is handed to the kernel: a slow client slows its
 * own reading and no memory fills up for it.
 */
export function serveWebSockets(options: WebSocketOptions): WebSocketService {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const service: Disposable = useServer<Record<string, unknown>, ConnectionExtra>(
    {
      onConnect: async (context) => {
        const { extra, connectionParams } = context;
        extra.authorization = authorizationOf(connectionParams, extra.request);
        try {
          return (await options.authenticate(extra.authorization)) !== null;
        } catch {
          extra.socket.close(TRY_AGAIN_LATER, 'the database cannot be reached; try again in a moment');
          return false;
        }
      },
      onSubscribe: async ({ extra }, _id, payload) => {
        try {
          return await argumentsOf(options, extra, payload);
        } catch (error) {
          return [error instanceof GraphQLError ? error : new ApiError('SERVICE_UNAVAILABLE', 'try again in a moment')];
        }
      },
      execute: (args) => (args as Arguments).execute(args),
      subscribe: (args) => (args as Arguments).subscribe(args),
    },
    sockets,
  );
  options.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== options.path) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  return { close: async () => service.dispose() };
}

function authorizationOf(parameters: Readonly<Record<string, unknown>> | undefined, request: IncomingMessage): string {
  const given = parameters?.['authorization'] ?? parameters?.['Authorization'] ?? request.headers.authorization;
  return typeof given === 'string' ? given : '';
}

interface Operation {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

async function argumentsOf(
  options: WebSocketOptions,
  extra: ConnectionExtra,
  { query, operationName, variables }: Operation,
): Promise<Arguments | readonly GraphQLError[]> {
  const authorization = extra.authorization ?? '';
  const viewer = await options.authenticate(authorization);
  if (viewer === null) return [new ApiError('UNAUTHENTICATED', 'the token was revoked or has expired')];
  const caller = options.callerFor(viewer, authorization, extra.request.socket.remoteAddress ?? null);
  const enveloped = options.getEnveloped({ caller, params: { query, operationName, variables } });
  const { parse, validate, contextFactory, execute, subscribe } = enveloped;
  const schema: GraphQLSchema = enveloped.schema;
  const document: DocumentNode = parse(query);
  const errors: readonly GraphQLError[] = validate(schema, document);
  if (errors.length > 0) return errors;
  return {
    schema,
    document,
    operationName: operationName ?? null,
    variableValues: variables ?? null,
    contextValue: await contextFactory(),
    execute,
    subscribe,
  };
}
