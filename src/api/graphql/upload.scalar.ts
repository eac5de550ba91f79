import { GraphQLError, GraphQLScalarType } from 'graphql';

/** A file of a multipart request. */
export interface UploadedFile extends Blob {
  readonly name?: string;
}

/** By the GraphQL multipart request specification; a file stands in a variable, never in the text of a query. */
export const UploadScalar = new GraphQLScalarType<UploadedFile, never>({
  name: 'Upload',
  description: 'A file that comes with the request (multipart/form-data).',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  parseValue: (value) => {
    if (isFile(value)) return value;
    throw new GraphQLError('must be a file of a multipart/form-data request');
  },
  parseLiteral: () => {
    throw new GraphQLError('a file is given as a variable');
  },
  serialize: () => {
    throw new GraphQLError('a file is never an answer');
  },
});

function isFile(value: unknown): value is UploadedFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'stream' in value &&
    typeof value.stream === 'function' &&
    'size' in value &&
    typeof value.size === 'number'
  );
}
