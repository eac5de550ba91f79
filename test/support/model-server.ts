import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a model sees it, whichever API it came by. */
export interface ModelCall {
  api: 'openai' | 'anthropic' | 'embeddings';
  model: string;
  system: string;
  /** Of `embeddings` the text. */
  user: string;
  /** The schema that the answer must fit; null where none was sent. */
  schema: { properties: Record<string, { enum?: string[] }> } | null;
  maxTokens: number | null;
  /** Whether it may call tools other than the one that an answer is put into. */
  tools: number;
  headers: IncomingMessage['headers'];
}

/** What a model answers: text, or what its server does in its place. */
export type ModelReply =
  | { text: string; finish?: 'stop' | 'length' | 'content_filter'; usage?: { input: number; output: number } | null }
  | { vector: number[] }
  | { serve: (request: IncomingMessage, response: ServerResponse) => void };

/** A language model behind a real HTTP server that speaks OpenAI's chat and embeddings APIs and Anthropic's messages API. */
export interface ModelServer {
  readonly openai: string;
  readonly anthropic: string;
  readonly calls: ModelCall[];
  close(): Promise<void>;
}

const USAGE = { input: 100, output: 20 };

/** @param answer what the model says to a call; it may think of all that it was asked before */
export async function startModelServer(
  answer: (call: ModelCall, earlier: readonly ModelCall[]) => ModelReply,
  port = 0,
): Promise<ModelServer> {
  const calls: ModelCall[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = JSON.parse(Buffer.concat(chunks).toString()) as RequestBody;
      const call = callOf(body, request);
      const reply = answer(call, [...calls]);
      calls.push(call);
      if ('serve' in reply) return reply.serve(request, response);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answerOf(call, reply, body)));
    })().catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    openai: `${address}/v1`,
    anthropic: `${address}/v1`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface RequestBody {
  model: string;
  max_tokens?: number;
  max_completion_tokens?: number;
  input?: string;
  messages?: { role: string; content: string | { type: string; text: string }[] }[];
  system?: string | { type: string; text: string }[];
  tools?: { name: string; input_schema?: ModelCall['schema'] }[];
  response_format?: { json_schema?: { schema: ModelCall['schema'] } };
  output_format?: { schema: ModelCall['schema'] };
  output_config?: { format?: { schema: ModelCall['schema'] } };
}

const textOf = (content: string | { text: string }[] | undefined) =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('\n');
const saidBy = (role: string, { messages = [] }: RequestBody) =>
  messages
    .filter((message) => message.role === role)
    .map(({ content }) => textOf(content))
    .join('\n');

function callOf(body: RequestBody, request: IncomingMessage): ModelCall {
  if (request.url?.endsWith('/messages')) return anthropicCall(body, request);
  const call = openAiCall(body, request);
  return request.url?.endsWith('/embeddings') ? { ...call, api: 'embeddings', user: body.input ?? '' } : call;
}

function openAiCall(body: RequestBody, { headers }: IncomingMessage): ModelCall {
  return {
    api: 'openai',
    model: body.model,
    system: saidBy('system', body),
    user: saidBy('user', body),
    schema: body.response_format?.json_schema?.schema ?? null,
    maxTokens: body.max_tokens ?? body.max_completion_tokens ?? null,
    tools: body.tools?.length ?? 0,
    headers,
  };
}

function anthropicCall(body: RequestBody, { headers }: IncomingMessage): ModelCall {
  const form = body.tools?.find(({ name }) => name === 'json');
  return {
    api: 'anthropic',
    model: body.model,
    system: textOf(body.system),
    user: saidBy('user', body),
    schema: body.output_config?.format?.schema ?? body.output_format?.schema ?? form?.input_schema ?? null,
    maxTokens: body.max_tokens ?? null,
    tools: (body.tools ?? []).filter(({ name }) => name !== 'json').length,
    headers,
  };
}

function answerOf(call: ModelCall, reply: Exclude<ModelReply, { serve: unknown }>, body: RequestBody) {
  if ('vector' in reply) return embeddingsAnswer(call, reply.vector);
  return call.api === 'anthropic' ? anthropicAnswer(call, reply, body) : openAiAnswer(call, reply);
}

function embeddingsAnswer({ model, user }: ModelCall, embedding: number[]) {
  const tokens = user.split(/\s+/).length;
  return {
    object: 'list',
    model,
    data: [{ object: 'embedding', index: 0, embedding }],
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

type TextReply = Extract<ModelReply, { text: string }>;

function openAiAnswer({ model }: ModelCall, { text, finish = 'stop', usage = USAGE }: TextReply) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }],
    ...(usage === null
      ? {}
      : {
          usage: {
            prompt_tokens: usage.input,
            completion_tokens: usage.output,
            total_tokens: usage.input + usage.output,
          },
        }),
  };
}

function anthropicAnswer(
  { model }: ModelCall,
  { text, finish = 'stop', usage = USAGE }: TextReply,
  { tools }: RequestBody,
) {
  const byTool = tools?.some(({ name }) => name === 'json') === true;
  const stop = { stop: byTool ? 'tool_use' : 'end_turn', length: 'max_tokens', content_filter: 'refusal' }[finish];
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: byTool
      ? [{ type: 'tool_use', id: 'toolu_1', name: 'json', input: parsed(text) }]
      : [{ type: 'text', text }],
    stop_reason: stop,
    stop_sequence: null,
    usage: { input_tokens: usage?.input ?? 0, output_tokens: usage?.output ?? 0 },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
