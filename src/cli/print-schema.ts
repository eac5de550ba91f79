import 'reflect-metadata';
import { schemaText } from '../api/graphql/schema-text.js';

// `npm run schema` writes it to schema.graphql.
process.stdout.write(await schemaText());
