import { isIPv6 } from 'node:net';

export const IP_PREFERENCES = ['prefer-ipv6', 'prefer-ipv4', 'ipv4', 'ipv6'] as const;
export type IpPreference = (typeof IP_PREFERENCES)[number];

/** What says that this machine has no way into a whole family of addresses. */
const NO_WAY = ['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'];
const SET_BACK_MS = 10 * 60_000;

/** Which of IPv6 and IPv4 is tried first: as it is set, and the other one where it has not worked of late. */
export class AddressFamilies {
  readonly #preference: IpPreference;
  readonly #now: () => number;
  #ipv6WorksAgain = 0;

  constructor(preference: IpPreference, now: () => number) {
    this.#preference = preference;
    this.#now = now;
  }

  /**
   * Addresses in the order of trying, the families in turn.
   *
   * @param source where connections must come from: its family alone can be reached from it
   */
  order(addresses: readonly string[], source: string | null): string[] {
    const usable = addresses.filter((address) => this.#takes(address) && fits(address, source));
    const six = usable.filter((address) => isIPv6(address));
    const four = usable.filter((address) => !isIPv6(address));
    const sixFirst = this.#preference !== 'prefer-ipv4' && this.#now() >= this.#ipv6WorksAgain;
    const [first, second] = sixFirst ? [six, four] : [four, six];
    return Array.from({ length: Math.max(first.length, second.length) }).flatMap((_, at) =>
      [first[at], second[at]].filter((address) => address !== undefined),
    );
  }

  /** Notes why an address could not be reached. */
  failed(address: string, code: string | null): void {
    if (isIPv6(address) && code !== null && NO_WAY.includes(code)) this.#ipv6WorksAgain = this.#now() + SET_BACK_MS;
  }

  #takes(address: string): boolean {
    if (this.#preference === 'ipv4') return !isIPv6(address);
    return this.#preference !== 'ipv6' || isIPv6(address);
  }
}

const fits = (address: string, source: string | null) => source === null || isIPv6(source) === isIPv6(address);
