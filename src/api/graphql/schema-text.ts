import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { printSchema } from 'graphql';
import { RESOLVERS } from '../api.module.js';

const NOTE = '# Generated from src/api by `npm run schema`; a test compares them.\n\n';

/** The schema in SDL, as schema.graphql at the root holds it. No database is needed. */
export async function schemaText(): Promise<string> {
  const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  try {
    return `${NOTE}${printSchema(await app.get(GraphQLSchemaFactory).create(RESOLVERS))}\n`;
  } finally {
    await app.close();
  }
}
