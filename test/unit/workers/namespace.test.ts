import type { Connection } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { registerSearchAttributes } from '../../../src/workers/namespace.js';
import { SEARCH_ATTRIBUTES } from '../../../src/workflows/search-attributes.js';

/** A server that has some search attributes, and takes more or does not. */
function serverWith(names: string[], takesMore: boolean) {
  const added: string[] = [];
  const operatorService = {
    listSearchAttributes: async () => ({ customAttributes: Object.fromEntries(names.map((name) => [name, 2])) }),
    addSearchAttributes: async ({ searchAttributes }: { searchAttributes: Record<string, number> }) => {
      if (!takesMore) throw new Error('7 PERMISSION_DENIED');
      added.push(...Object.keys(searchAttributes));
      return {};
    },
  };
  return { connection: { operatorService } as unknown as Connection, added };
}

const NAMES = SEARCH_ATTRIBUTES.map(({ name }) => name);

describe('the search attributes of a namespace', () => {
  test('are added where they are missing, and no others', async () => {
    const { connection, added } = serverWith(NAMES.slice(0, 1), true);
    await registerSearchAttributes(connection, 'default');
    expect(added).toEqual(NAMES.slice(1));
  });

  test('are left alone where they are there, also on a server that would not take them', async () => {
    const { connection, added } = serverWith(NAMES, false);
    await registerSearchAttributes(connection, 'default');
    expect(added).toEqual([]);
  });

  test('that the server lacks and does not take are named in one error, with what to do', async () => {
    const { connection } = serverWith([NAMES[0]!, NAMES[2]!], false);
    const error: unknown = await registerSearchAttributes(connection, 'mail').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    const { message, cause } = error as Error;
    expect(message).toContain('the Temporal namespace mail lacks');
    expect(message).toContain(`${NAMES[1]}, ${NAMES[3]}`);
    expect(message).not.toContain(NAMES[0]);
    expect(message).toContain('temporal operator search-attribute create');
    expect((cause as Error).message).toContain('PERMISSION_DENIED');
  });
});
