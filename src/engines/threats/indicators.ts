import type { IndicatorKind } from '../../domain/indicators.js';

/** What a message shows that an indicator list could name; all lower case, without repeats. */
export interface ExtractedIndicators {
  /** Normalised, each also without its query. */
  urls: string[];
  /** Hosts and their parents down to the registrable domain. */
  domains: string[];
  addresses: string[];
  ips: string[];
  /** SHA-256 of attachments. */
  hashes: string[];
}

/** A row of the organization's indicator list, its value normalised as `normalisedIndicator` gives it. */
export interface IndicatorRow {
  kind: IndicatorKind;
  value: string;
  source: string;
  confidence: number;
  expiresAt: Date | string | null;
}
