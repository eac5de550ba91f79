import ipaddr from 'ipaddr.js';
import { parse } from 'tldts';
import { indicatorSpelling } from '../../domain/indicators.js';

// src/adapters/host-names.ts gives the API, which may not import engines, the same; a test holds them together.
export const { domainsOf, normalisedIp, normalisedIndicator } = indicatorSpelling({
  parseHost: (name) => parse(name, { allowPrivateDomains: true }),
  canonicalIp: (written) => (ipaddr.isValid(written) ? ipaddr.process(written).toString() : null),
});
