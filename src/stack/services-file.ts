import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { GraphError, startOrder } from './graph.js';
import { serviceDefinition, type Profile, type Service } from './service-definition.js';

/** What is wrong with a services file: one message with every problem. */
export class ServicesError extends Error {
  override name = 'ServicesError';
}

interface ReadOptions {
  profile: Profile;
  variables: Readonly<Record<string, string>>;
  /** How the file is called in errors. */
  source?: string;
}

const file = z.strictObject({ services: z.array(z.looseObject({ name: z.string() })).min(1) });
const overrides = z.record(z.string(), z.record(z.string(), z.unknown())).default({});

export async function readServicesFile(path: string | URL, options: ReadOptions): Promise<Service[][]> {
  return readServices(await readFile(path, 'utf8'), { source: String(path), ...options });
}

/**
 * The services of a profile, in groups that may start side by side.
 *
 * @throws ServicesError for bad YAML (with line and column), bad fields, unknown variables, cycles, missing dependencies
 */
export function readServices(text: string, { profile, variables, source = 'services.yaml' }: ReadOptions): Service[][] {
  const fail = (problems: string[]): never => {
    throw new ServicesError(`${source} is wrong:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  };
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  if (document.errors.length > 0)
    return fail(document.errors.map((error) => error.message.split('\n')[0] ?? error.code));
  const parsed = file.safeParse(document.toJS());
  if (!parsed.success)
    return fail(parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`));

  const problems: string[] = [];
  const services = parsed.data.services.flatMap((raw) => {
    const service = readService(raw, profile, variables, problems);
    return service === null ? [] : [service];
  });
  if (problems.length > 0) fail(problems);
  try {
    startOrder(services);
    return startOrder(services.filter((service) => service.profiles.includes(profile)));
  } catch (error) {
    if (error instanceof GraphError)
      return fail(error.message.split('\n').map((line) => `${line} (profile ${profile})`));
    throw error;
  }
}

function readService(
  raw: Record<string, unknown> & { name: string },
  profile: Profile,
  variables: Readonly<Record<string, string>>,
  problems: string[],
): Service | null {
  const { byProfile, ...fields } = raw;
  const say = (where: readonly PropertyKey[], message: string) =>
    problems.push(`service "${raw.name}"${where.length > 0 ? `: ${where.join('.')}` : ''}: ${message}`);
  const special = overrides.safeParse(byProfile);
  if (!special.success) {
    say(['byProfile'], 'must map a profile to the fields that differ there');
    return null;
  }
  const merged = { ...fields, ...special.data[profile] };
  const result = serviceDefinition.safeParse(
    interpolate(merged, variables, (name) => say([], unknownVariable(name, variables))),
  );
  if (result.success) return result.data;
  for (const issue of result.error.issues) say(issue.path, issue.message);
  return null;
}

function unknownVariable(name: string, variables: Readonly<Record<string, string>>): string {
  return `\${${name}} is unknown; there are: ${Object.keys(variables).join(', ')}`;
}

function interpolate(
  value: unknown,
  variables: Readonly<Record<string, string>>,
  unknown: (name: string) => void,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{(\w+)\}/g, (placeholder, name: string) => {
      if (variables[name] === undefined) unknown(name);
      return variables[name] ?? placeholder;
    });
  }
  if (Array.isArray(value)) return value.map((item) => interpolate(item, variables, unknown));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolate(item, variables, unknown)]));
  }
  return value;
}
