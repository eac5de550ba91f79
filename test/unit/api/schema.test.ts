import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  buildSchema,
  isInputObjectType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  validate,
  type GraphQLField,
  type GraphQLInputField,
} from 'graphql';
import { expect, test } from 'vitest';
import { schemaText } from '../../../src/api/graphql/schema-text.js';

const FILE = path.resolve(import.meta.dirname, '../../../schema.graphql');

test('schema.graphql is what src/api generates (npm run schema writes it)', async () => {
  expect(await schemaText()).toBe(await readFile(FILE, 'utf8'));
});

// Programs outside rely on these, word for word.
test.each([
  `{ messages(first: 1, after: "x", filter: { status: HELD, direction: INCOMING, search: "x" }) {
    totalCount edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`,
  `{ message(id: "1") { id direction status subject from to receivedAt messageId disposition
    findings { code severity score explanation }
    runs { id workflowId status confidence
      stages { name steps { name status startedAt durationMs confidence outcome error } } } } }`,
  'subscription { messageEvents(messageId: "1", after: "x") { cursor kind at messageId payload } }',
  'subscription { organizationEvents(after: "x") { cursor kind at messageId payload } }',
  `mutation { processEmail(input: { sender: "a", recipient: "b", subject: "c", content: "d",
      attachments: [{ filename: "f", contentType: "t/t", content: "" }], operations: ["ai"] }) {
    coreProcessing { securityScan spamScore threadId } aiEnhancements { suggestions summary routing translation }
    autonomousActions { optimizations predictions actions } processingTime confidence messageId status } }`,
])('the fixed points of the API are there: %s', async (query) => {
  expect(validate(buildSchema(await schemaText()), parse(query))).toEqual([]);
});

test('every type, field and argument is described', async () => {
  const types = Object.values(buildSchema(await schemaText()).getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  );
  const roots = ['Query', 'Mutation', 'Subscription'];
  const bare = types.flatMap((type) => [
    ...(type.description || roots.includes(type.name) ? [] : [type.name]),
    ...(isObjectType(type) || isInputObjectType(type)
      ? Object.values<GraphQLField<unknown, unknown> | GraphQLInputField>(type.getFields()).flatMap((field) => [
          ...(field.description ? [] : [`${type.name}.${field.name}`]),
          ...('args' in field ? field.args : [])
            .filter((argument) => !argument.description)
            .map((argument) => `${type.name}.${field.name}(${argument.name})`),
        ])
      : []),
  ]);
  expect(bare).toEqual([]);
});
