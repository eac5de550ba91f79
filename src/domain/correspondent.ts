/** Somebody whose mail was delivered to the organization. */
export interface Correspondent {
  address: string;
  name: string;
  domain: string;
  messages: number;
  /** ISO 8601. */
  firstSeenAt: string;
  lastSeenAt: string;
  /** How many of the messages were surely in which language (ISO 639-1). */
  languages: Readonly<Record<string, number>>;
}

/** By what correspondents are found who are the sender, or could be taken for it. */
export interface CorrespondentKeys {
  /** Lower case. */
  address: string;
  name: string;
  /** The letters that a reader takes the name for; empty where it says too little to tell people apart. */
  nameKey: string;
  domain: string;
  /** The letters that a reader takes the domain for, and those with one of them left out. */
  domainKeys: string[];
}
