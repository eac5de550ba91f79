import { z } from 'zod';
import { PORT_NAMES } from './settings.js';

export const PROFILES = ['minimal', 'development', 'full', 'testing'] as const;
export type Profile = (typeof PROFILES)[number];

const ms = z.coerce.number().int().positive();
const count = z.coerce.number().int().min(1);
const port = z.coerce.number().int().min(1).max(65_535);
const probeTimeout = { timeoutMs: ms.default(2_000) };

const probe = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('tcp'),
    host: z.string().default('127.0.0.1'),
    port,
    banner: z.string().optional(),
    ...probeTimeout,
  }),
  z.strictObject({ kind: z.literal('http'), url: z.url(), ...probeTimeout }),
  z.strictObject({ kind: z.literal('postgres'), url: z.string(), ...probeTimeout }),
  z.strictObject({
    kind: z.literal('temporal'),
    address: z.string(),
    namespace: z.string().default('default'),
    ...probeTimeout,
  }),
  z.strictObject({ kind: z.literal('log'), pattern: z.string().min(1), ...probeTimeout }),
  z.strictObject({ kind: z.literal('exit') }),
]);
export const serviceProbe = probe;
export type Probe = z.infer<typeof probe>;

const command = z.array(z.string()).min(1);
const start = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded-postgres') }),
  z.strictObject({ kind: z.literal('temporal'), webUi: z.boolean().default(true) }),
  z.strictObject({ kind: z.literal('process'), command }),
  z.strictObject({ kind: z.literal('task'), command }),
]);

const definition = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower case letters, digits and dashes'),
    dependsOn: z.array(z.string()).default([]),
    profiles: z.array(z.enum(PROFILES)).min(1),
    start,
    /** The environment variable that, when set, says where such a service runs already. */
    given: z.enum(['DATABASE_URL', 'TEMPORAL_ADDRESS']).optional(),
    env: z.record(z.string(), z.string()).default({}),
    ready: probe,
    /** What is asked while it runs; the readiness probe where it is left out. */
    healthy: probe.optional(),
    startup: z.strictObject({ attempts: count.default(4), timeoutMs: ms.default(60_000) }).prefault({}),
    backoff: z.strictObject({ baseMs: ms.default(300), capMs: ms.default(10_000) }).prefault({}),
    health: z.strictObject({ everyMs: ms.default(5_000), failures: count.default(3) }).prefault({}),
    restart: z
      .strictObject({
        policy: z.enum(['on-failure', 'never']).default('on-failure'),
        limit: count.default(5),
        withinMs: ms.default(60_000),
      })
      .prefault({}),
    stop: z
      .strictObject({
        signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT']).default('SIGTERM'),
        graceMs: ms.default(10_000),
      })
      .prefault({}),
    needs: z
      .strictObject({
        memoryMb: z.coerce.number().min(0).default(0),
        diskMb: z.coerce.number().min(0).default(0),
        ports: z.array(z.enum(PORT_NAMES)).default([]),
      })
      .prefault({}),
  })
  .refine((service) => (service.start.kind === 'task') === (service.ready.kind === 'exit'), {
    path: ['ready'],
    message: 'a task is ready by its exit code (kind: exit), anything else by another probe',
  });

/** One service of the local stack, with every default filled in. */
export type Service = z.infer<typeof definition>;
export const serviceDefinition = definition;
