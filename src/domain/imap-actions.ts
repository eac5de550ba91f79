import type { MessageStatus } from './status.js';

/** What a mail server is told when a message has reached a status. */
export interface ImapAction {
  /** Folder that it is moved to; null leaves it where it is. */
  moveTo: string | null;
  /** Keyword (RFC 3501 2.3.2), or Gmail label, that it gets; null for none. */
  keyword: string | null;
}

/** Statuses that a mail server can be told of. */
export const ACTION_STATUSES = ['DELIVERED', 'QUARANTINED', 'REJECTED', 'HELD'] as const satisfies MessageStatus[];
export type ActionStatus = (typeof ACTION_STATUSES)[number];

export type ImapActions = Partial<Record<ActionStatus, ImapAction>>;

/** What is to be done with a message where it is now. */
export interface ActionPlan {
  moveTo: string | null;
  addKeywords: string[];
  removeKeywords: string[];
}

/**
 * What brings a message on the server into agreement with its status.
 *
 * A message that an action of ours has put into a folder goes back to where it came from when a later status has no
 * folder of its own (a release); one that its owner has put somewhere else stays there. Keywords of other statuses go.
 *
 * @param at the folder that it is in
 * @param origin the folder that it was taken from
 */
export function planAction(actions: ImapActions, status: ActionStatus, at: string, origin: string): ActionPlan {
  const action = actions[status] ?? { moveTo: null, keyword: null };
  const ourFolders = Object.values(actions).flatMap(({ moveTo }) => moveTo ?? []);
  const moveTo = action.moveTo ?? (ourFolders.includes(at) ? origin : null);
  const others = Object.values(actions).flatMap(({ keyword }) => keyword ?? []);
  return {
    moveTo: moveTo === at ? null : moveTo,
    addKeywords: action.keyword === null ? [] : [action.keyword],
    removeKeywords: [...new Set(others)].filter((keyword) => keyword !== action.keyword),
  };
}

/** Attempts of an action before it is given up and shown as failed. */
export const ACTION_ATTEMPTS = 8;
