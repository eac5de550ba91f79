/** A message cannot be signed or encrypted. Its message says why and holds nothing of keys or content. */
export class CannotSeal extends Error {
  override name = 'CannotSeal';
}
