import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';

/** What this uses of onnxruntime-node, which lies in the model folder: 290 MB that nobody else should download. */
interface Runtime {
  InferenceSession: { create(file: string, options: object): Promise<Session> };
  Tensor: new (type: 'int64', data: BigInt64Array, dimensions: readonly number[]) => Tensor;
}
interface Tensor {
  data: Float32Array;
  dispose(): void;
}
interface Session {
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
}

interface Model {
  runtime: Runtime;
  session: Session;
  tokenizer: Tokenizer;
}

const MOST_TOKENS = 128;
const FILES = ['model_int8.onnx', 'tokenizer.json', 'tokenizer_config.json'] as const;
const loaded = new Map<string, Promise<Model>>();

export interface ModelTask {
  folder: string;
  texts: readonly string[];
}

/** What the thread of src/adapters/embedding/model-embedder.ts runs: inference takes 5 to 20 ms of CPU a text. */
export default async function embed({ folder, texts }: ModelTask): Promise<Float32Array[]> {
  const loading = loaded.get(folder) ?? load(folder);
  loaded.set(folder, loading);
  loading.catch(() => loaded.delete(folder));
  const model = await loading;
  const vectors: Float32Array[] = [];
  // One at a time: a batch is padded to its longest text, and memory grows with both.
  for (const text of texts) vectors.push(await embedOne(model, text));
  return vectors;
}

async function load(folder: string): Promise<Model> {
  const [model, tokens, config] = FILES.map((name) => path.join(folder, name)) as [string, string, string];
  const [tokenizer, tokenizerConfig] = await Promise.all(
    [tokens, config].map(async (file) => JSON.parse(await readFile(file, 'utf8')) as object),
  );
  const runtime = createRequire(path.join(folder, 'package.json'))('onnxruntime-node') as Runtime;
  const session = await runtime.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // Its arena keeps what the longest text needed, for good.
    enableCpuMemArena: false,
  });
  return { runtime, session, tokenizer: new Tokenizer(tokenizer!, tokenizerConfig!) };
}

async function embedOne({ runtime, session, tokenizer }: Model, text: string): Promise<Float32Array> {
  const { ids } = tokenizer.encode(text);
  // [SEP] stays the last one.
  const kept = ids.length > MOST_TOKENS ? [...ids.slice(0, MOST_TOKENS - 1), ids.at(-1)!] : ids;
  const shape = [1, kept.length];
  const feeds = {
    input_ids: new runtime.Tensor('int64', BigInt64Array.from(kept, BigInt), shape),
    attention_mask: new runtime.Tensor('int64', new BigInt64Array(kept.length).fill(1n), shape),
  };
  const answers = await session.run(feeds);
  const vector = Float32Array.from(answers['sentence_embedding']!.data);
  for (const tensor of [...Object.values(feeds), ...Object.values(answers)]) tensor.dispose();
  return vector;
}
