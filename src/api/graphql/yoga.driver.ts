import type { Server } from 'node:http';
import { useGraphQlJit } from '@envelop/graphql-jit';
import { Injectable } from '@nestjs/common';
import { AbstractGraphQLDriver, type GqlModuleOptions } from '@nestjs/graphql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getOperationAST, OperationTypeNode, type ExecutionArgs } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { TokenAuthenticator } from '../authentication/token-authenticator.js';
import type { Database } from '../../adapters/database/database.js';
import { Caller } from './caller.js';
import { ApiError, type ErrorMapper } from './errors.js';
import { serveWebSockets, type WebSocketService } from './websockets.js';

/** Room for attachments in base64, and for a file of recipients. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

export interface YogaDriverOptions extends GqlModuleOptions {
  database: Database;
  authenticator: TokenAuthenticator;
  errors: ErrorMapper;
}

export interface GraphQLContext {
  caller: Caller;
}

/** GraphQL Yoga on Nest's Fastify, compiled by graphql-jit, HTTP and graphql-ws on one path. */
@Injectable()
export class YogaDriver extends AbstractGraphQLDriver<YogaDriverOptions> {
  #webSockets: WebSocketService | null = null;

  async start({ schema, path = '/graphql', database, authenticator, errors }: YogaDriverOptions): Promise<void> {
    if (schema === undefined) throw new Error('there is no schema to serve');
    const yoga = createYoga<GraphQLContext>({
      schema,
      graphqlEndpoint: path,
      plugins: [useGraphQlJit({}, { enableIf: isQuery })],
      maskedErrors: { maskError: errors.map },
      maxRequestBodySize: MAX_BODY_BYTES,
      // By the GraphQL multipart request specification; the limit of the body holds for them as well.
      multipart: true,
      // A token in a header is asked for anyway, which a page of another origin cannot send unasked.
      cors: false,
      graphiql: false,
      landingPage: false,
      logging: false,
    });
    const { httpAdapter } = this.httpAdapterHost;
    const fastify: FastifyInstance = httpAdapter.getInstance();
    const callerOf = authenticateHttp(authenticator, database, errors);
    fastify.route({
      url: path,
      method: ['GET', 'POST'],
      // Before the body is read: nobody uploads without a token.
      onRequest: async (request, reply) => {
        const caller = await callerOf(request, reply);
        if (caller === null) return reply;
        callers.set(request, caller);
      },
      handler: async (request, reply) => {
        reply.hijack();
        await yoga.handle(request.raw, reply.raw, { caller: callers.get(request)! });
      },
    });
    this.#webSockets = serveWebSockets({
      server: httpAdapter.getHttpServer() as Server,
      path,
      authenticate: (authorization) => authenticator.authenticate(authorization),
      callerFor: (viewer, authorization, address) => new Caller(database, viewer, authorization, address),
      getEnveloped: (context) => yoga.getEnveloped(context),
    });
  }

  async stop(): Promise<void> {
    await this.#webSockets?.close();
  }
}

/**
 * Queries alone: graphql-jit 0.8 loses the source of a subscription field that is given an alias, and says of a wrong
 * value deep in an input neither where it is nor which ones there are. Both others answer with few fields anyway.
 */
function isQuery({ document, operationName }: ExecutionArgs): boolean {
  return getOperationAST(document, operationName)?.operation === OperationTypeNode.QUERY;
}

const callers = new WeakMap<FastifyRequest, Caller>();

/** Answers for itself, in GraphQL's form, when nobody known asks; gives null then. */
function authenticateHttp(authenticator: TokenAuthenticator, database: Database, errors: ErrorMapper) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<Caller | null> => {
    const { authorization } = request.headers;
    try {
      const viewer = await authenticator.authenticate(authorization);
      if (viewer !== null) return new Caller(database, viewer, authorization ?? '', request.ip, keyOf(request));
      const error = new ApiError('UNAUTHENTICATED', 'send a valid token: Authorization: Bearer TOKEN');
      await reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .type(answerType(request))
        .send(JSON.stringify({ errors: [error] }));
    } catch (failure) {
      await reply
        .code(503)
        .type(answerType(request))
        .send(JSON.stringify({ errors: [errors.map(failure)] }));
    }
    return null;
  };
}

/** Given more than once it is none: which one is meant cannot be told. */
function keyOf({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key'];
  return typeof key === 'string' ? key : null;
}

const RESPONSE_JSON = 'application/graphql-response+json';
const answerType = (request: FastifyRequest) =>
  request.headers.accept?.includes(RESPONSE_JSON) ? RESPONSE_JSON : 'application/json';
