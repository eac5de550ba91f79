import ipaddr from 'ipaddr.js';
import { parse } from 'tldts';
import type { HostNames } from '../domain/indicators.js';

/** As src/engines/threats/normalise.ts knows them: what is listed must be spelled like what is looked up. */
export const hostNames: HostNames = {
  parseHost: (name) => parse(name, { allowPrivateDomains: true }),
  canonicalIp: (written) => (ipaddr.isValid(written) ? ipaddr.process(written).toString() : null),
};
