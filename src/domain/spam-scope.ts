export const SPAM_SCOPES = ['ORGANIZATION', 'MAILBOX'] as const;
/** Whose mail a correction counts for. */
export type SpamScope = (typeof SPAM_SCOPES)[number];
