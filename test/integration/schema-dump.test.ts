import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dumpSchema } from '../../src/adapters/database/dump-schema.js';
import { MIGRATIONS } from '../support/administer.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** `npx vitest run test/integration/schema-dump.test.ts -u` writes it anew after a migration. */
test('the committed schema is the one that the migrations make', async () => {
  const schema = await database.open('owner').asSystem(dumpSchema);
  await expect(schema).toMatchFileSnapshot(path.join(MIGRATIONS, 'schema.sql'));
});
