import type { SideEffect } from '../adapters/runs/journal-entry.js';
import { lessonText } from '../domain/lesson-text.js';
import { mailboxFor } from '../domain/routing.js';
import { isOwnMail, lessonRecipients } from '../domain/sent-mail.js';
import type { FinalStatus } from '../domain/status.js';
import type { RunContext } from './run-context.js';

/** What the organization's own people write to mailboxes here is learned for their next mails; encrypted mail is not. */
export function sentMailOf(context: RunContext, ended: FinalStatus): SideEffect[] {
  if (!context.isParsed || ended !== 'DELIVERED' || context.origin !== 'person') return [];
  const { parsed, facts, organization, run } = context;
  const [author, second] = parsed.from;
  if (author === undefined || second !== undefined || parsed.protection != null) return [];
  const address = author.address.toLowerCase();
  const isOwn = isOwnMail({
    domain: address.slice(address.lastIndexOf('@') + 1),
    ownDomains: organization.domains,
    authenticatedAs: facts.session.authenticatedAs,
    authentication: context.outcome('securityScan')?.authentication ?? null,
  });
  if (!isOwn) return [];
  const recipients = lessonRecipients([...parsed.to, ...parsed.cc].map((recipient) => recipient.address));
  const mailboxId = mailboxFor(address, organization.mailboxes)?.id ?? null;
  const mail = { source: run.messageId, mailboxId, text: lessonText(parsed.newText), recipients };
  return [{ kind: 'sentMail', target: address, mail }];
}
