/** One request for a pixel or a link of a mail. */
export interface TrackingHit {
  use: 'open' | 'click';
  method: string;
  userAgent: string | null;
  /** Seconds since the recipient's server took the message; null where that is not known to have happened. */
  secondsSinceDelivery: number | null;
  /** Whether the same recipient's other links were asked for within the same moments. */
  clicksTogether: boolean;
}

/** A person takes longer than this from the delivery of a mail to its opening. */
const FASTEST_PERSON_S = 2;
/** Links that are clicked within so many seconds of each other are followed by a scanner. */
export const TOGETHER_S = 3;

/** Proxies that load what a mail shows, whether anybody reads it or not. */
const PROXIES: readonly [RegExp, string][] = [
  // Mail Privacy Protection of Apple sends just this.
  [/^Mozilla\/5\.0$/, "Apple's mail privacy protection"],
  [/GoogleImageProxy/i, "Google's image proxy"],
  [/YahooMailProxy/i, "Yahoo's image proxy"],
  [/DuckDuckGo-?(?:Email|Image)|ProtonMail|SimpleLogin/i, 'an image proxy'],
];
const SCANNERS =
  /bot\b|crawl|spider|preview|scanner|barracuda|proofpoint|mimecast|safelinks|symantec|messagelabs|fireeye|trendmicro|sophos|python-|curl\/|wget\/|go-http-client|java\/|okhttp|libwww|headless|phantomjs|slackbot|facebookexternalhit|whatsapp|monitor/i;
const READ = 500;

/** Why a hit is a machine's; null where a person may have made it. */
export function machineReason({
  use,
  method,
  userAgent,
  secondsSinceDelivery,
  clicksTogether,
}: TrackingHit): string | null {
  const agent = (userAgent ?? '').trim().slice(0, READ);
  if (method === 'HEAD') return 'it was asked for without its content';
  if (agent === '') return 'it names no program';
  const proxy = use === 'open' ? PROXIES.find(([pattern]) => pattern.test(agent)) : undefined;
  if (proxy !== undefined) return proxy[1];
  if (SCANNERS.test(agent)) return 'it names itself a program';
  if (secondsSinceDelivery === null) return 'the message was not known to be delivered';
  if (secondsSinceDelivery < FASTEST_PERSON_S) return 'it came within moments of the delivery';
  if (use === 'click' && clicksTogether) return 'several links were followed at once';
  return null;
}
