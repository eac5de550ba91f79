import { recipientFields } from '../../../domain/outgoing/merge-fields.js';
import type { Verdict } from '../../../domain/outgoing/outcomes.js';
import { graver } from '../../../domain/outgoing/outcomes.js';
import { MAKING_ENGINE } from '../../../engines/outgoing/make-mail.js';
import { MailTemplate } from '../../../engines/outgoing/personalize.js';
import { isMerged, NO_CHANGES, type MailInPreparation, type MailsInPreparation } from '../mails-in-preparation.js';
import type { OutgoingContext, OutgoingStepOf } from '../outgoing-context.js';

const DEADLINE_MS = 30_000;
const MOST_NAMED = 3;

/** Makes what leaves, and says whether servers and readers will take it. */
export function deliveryOptimization(
  mails: MailsInPreparation,
  hasOwnLinks: (context: OutgoingContext) => boolean,
): OutgoingStepOf<'deliveryOptimization'> {
  return {
    name: 'deliveryOptimization',
    engine: MAKING_ENGINE,
    deadlineMs: DEADLINE_MS,
    input: () => null,
    async run(context) {
      const mail = await mails.load(context);
      const changes = context.outcome('compliance')?.changes ?? NO_CHANGES;
      const made = mails.make(context, mail, changes);
      let verdict: Verdict = made.done.length > 0 ? 'modify' : 'allow';
      const told = [...made.done, ...notesOn(context, mail)];
      // What only notes a change is no reason to hold it.
      const problems = [...made.problems];
      const template = MailTemplate.read(made.bytes);
      if (isMerged(context)) problems.push(...missingFields(context, template));
      if (problems.length > 0) verdict = graver(verdict, 'hold');
      const { mostBytes } = mail.policy;
      if (made.bytes.length > mostBytes) {
        verdict = 'refuse';
        problems.unshift(`It has ${made.bytes.length} bytes; the organization allows ${mostBytes}.`);
      }
      const personal = hasOwnLinks(context) || (isMerged(context) && template.isPersonal);
      return {
        outcome: { verdict, reasons: problems.length > 0 ? problems : told, size: made.bytes.length, personal },
        confidence: made.problems.length > 0 ? 0.5 : 1,
      };
    },
  };
}

/** Recipients of whom the message asks for what is not known. The first thousand; others are refused one by one. */
function missingFields({ recipients }: OutgoingContext, template: MailTemplate): string[] {
  if (template.required.length === 0) return [];
  const lacking = recipients.flatMap((recipient) => {
    const fields = template.missing(recipientFields(recipient));
    return fields.length === 0 ? [] : [{ address: recipient.address, fields }];
  });
  if (lacking.length === 0) return [];
  const named = lacking.slice(0, MOST_NAMED).map(({ address, fields }) => `${address} (${fields.join(', ')})`);
  const more = lacking.length - named.length;
  return [
    `${lacking.length} of the recipients have no value for a merge field without a fallback: ${named.join('; ')}` +
      `${more > 0 ? `; and ${more} more` : ''}. If it is approved, they are left out.`,
  ];
}

function notesOn({ facts }: OutgoingContext, { parsed }: MailInPreparation): string[] {
  const notes: string[] = [];
  const named = [...parsed.to, ...parsed.cc].map(({ address }) => address.toLowerCase());
  const twice = named.length - new Set(named).size;
  if (twice > 0) notes.push(`${twice} of its recipients stand in it twice; each gets one copy.`);
  const { translateTo } = facts.options;
  if (translateTo !== undefined)
    notes.push(`It was not translated into ${translateTo}: that is not done for outgoing mail yet.`);
  return notes;
}
