import type { OutgoingSettings } from './outgoing-settings.js';
import type { SendOptions, Stream } from './send-options.js';

export interface LinkedMail {
  stream: Stream;
  options: Pick<SendOptions, 'trackOpens' | 'trackClicks'>;
  /** Empty for the null sender. */
  mailFrom: string;
  source: string;
}

/** Which links of ours a mail has: tracking only where the organization turned it on and the sending did not turn it off. */
export function linksOf(
  { stream, options, mailFrom, source }: LinkedMail,
  { trackOpens, trackClicks }: Pick<OutgoingSettings, 'trackOpens' | 'trackClicks'>,
): { opens: boolean; clicks: boolean; unsubscription: boolean } {
  // What we write ourselves tells of nobody.
  const own = source === 'system' || mailFrom === '';
  return {
    opens: !own && trackOpens && options.trackOpens !== false,
    clicks: !own && trackClicks && options.trackClicks !== false,
    unsubscription: !own && stream === 'BULK',
  };
}
