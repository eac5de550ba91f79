/**
 * Why a question has no records, in the codes of node:dns: `ENOTFOUND` (the name does not exist), `ENODATA` (it has no
 * such records), `EBADNAME` (it is no name), `ESERVFAIL`, `EREFUSED`, `EBADRESP` and `ETIMEOUT` (nobody could say).
 */
export type DnsErrorCode =
  'ENOTFOUND' | 'ENODATA' | 'EBADNAME' | 'ESERVFAIL' | 'EREFUSED' | 'EBADRESP' | 'EFORMERR' | 'ETIMEOUT';

export class DnsError extends Error {
  override name = 'DnsError';

  constructor(
    readonly code: DnsErrorCode,
    message: string,
  ) {
    super(message);
  }
}
