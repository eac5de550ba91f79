export const DNS_RECORD_TYPES = ['TXT', 'MX'] as const;
export type DnsRecordType = (typeof DNS_RECORD_TYPES)[number];

export const DNS_RECORD_PURPOSES = ['DKIM', 'SPF', 'RETURN_PATH', 'DMARC', 'MTA_STS', 'TLS_REPORTS'] as const;
export type DnsRecordPurpose = (typeof DNS_RECORD_PURPOSES)[number];

/** UNKNOWN: it was not looked up yet, nobody could say, or what should stand there is not known here. */
export const DNS_RECORD_STATUSES = ['PUBLISHED', 'DIFFERENT', 'MISSING', 'UNKNOWN'] as const;
export type DnsRecordStatus = (typeof DNS_RECORD_STATUSES)[number];

/** What to ask the DNS. */
export interface DnsQuestion {
  type: DnsRecordType;
  name: string;
  /** Others of the name are of no interest. */
  begins: string | null;
}

/** What the DNS said to a question. */
export interface DnsAnswer {
  type: DnsRecordType;
  name: string;
  /** Texts, or names of mail servers; empty where there are none; null where nobody could say. */
  values: readonly string[] | null;
  /** Why nobody could. */
  failure: string | null;
  checkedAt: string;
}

/** A record to publish, and what of it is published. */
export interface DnsRecord {
  type: DnsRecordType;
  name: string;
  /** The text of a TXT record in one piece; preference and name of an MX. */
  text: string;
  purpose: DnsRecordPurpose;
  /** Without it mail is not signed, or large receivers refuse it, or bounces are lost. */
  required: boolean;
  status: DnsRecordStatus;
  found: string[];
  /** What to do, for a person; null where nothing is to be done. */
  problem: string | null;
  checkedAt: string | null;
}
