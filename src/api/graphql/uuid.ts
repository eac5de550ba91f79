const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Any other id names nothing; Postgres would refuse it as malformed instead. */
export function isUuid(id: string): boolean {
  return UUID.test(id);
}
