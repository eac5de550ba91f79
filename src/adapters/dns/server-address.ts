import { isIP, isIPv6 } from 'node:net';

export interface ServerAddress {
  address: string;
  port: number;
}

const PORT = 53;

/**
 * Reads `address`, `address:port` or `[address]:port`, as node:dns writes them.
 *
 * @throws Error for what is none of these
 */
export function parseServerAddress(text: string): ServerAddress {
  if (isIP(withoutZone(text)) !== 0) return { address: text, port: PORT };
  const parts = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
  const address = parts?.['v6'] ?? parts?.['v4'] ?? '';
  const port = Number(parts?.['port'] ?? PORT);
  if (isIP(withoutZone(address)) === 0 || port < 1 || port > 65_535) {
    throw new Error(`${JSON.stringify(text)} is no address of a name server`);
  }
  return { address, port };
}

export const isVersion6 = ({ address }: ServerAddress): boolean => isIPv6(withoutZone(address));

const withoutZone = (address: string): string => address.replace(/%.*$/, '');

/** Whether nobody can come between us and it. */
export const isLoopback = ({ address }: ServerAddress): boolean => address === '::1' || address.startsWith('127.');
