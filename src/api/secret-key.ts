/** EVERPOST_SECRET_KEY, which seals what people entrust to us; null where none is set: then it is refused. */
export class SecretKey {
  constructor(readonly key: Buffer | null) {}
}
