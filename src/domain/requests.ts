/** Who is to act. */
export const PARTIES = ['reader', 'writer', 'person', 'anyone'] as const;
export type Party = (typeof PARTIES)[number];

/** Something that a mail asks for, or that its writer says they will do. */
export interface Task {
  /** The sentence, without list marks, at most 300 characters. */
  text: string;
  who: Party;
  /** As the mail names them; null where it names nobody. */
  name: string | null;
  /** ISO 8601, resolved against the mail's own date and zone; null where no time is given. */
  dueAt: string | null;
  /** As written. */
  dueText: string | null;
  confidence: number;
}

/** A meeting that a mail brings up, with the times that it names. */
export interface MeetingProposal {
  text: string;
  times: {
    /** As written. */
    text: string;
    /** `2026-03-01` for a day, ISO 8601 for a time. */
    start: string;
    /** End of a period or range; null where there is none. */
    end: string | null;
  }[];
  confidence: number;
}
