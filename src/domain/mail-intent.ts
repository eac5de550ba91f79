/** What a sentence, or a mail as a whole, is there to do. */
export const MAIL_INTENTS = ['asks', 'commits', 'complains', 'thanks', 'informs'] as const;
export type MailIntent = (typeof MAIL_INTENTS)[number];

export interface IntentFound {
  intent: MailIntent;
  /** Calibrated. */
  confidence: number;
  /** The sentence that says so; null where none stands out. */
  sentence: string | null;
}
