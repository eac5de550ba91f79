import type { SpokenCommand } from './spoken-command.js';
import { findRecipient, type Contact, type SpokenRecipient } from './spoken-name.js';

/** A mail as it was dictated: a proposal for a person, who sees it before anything is sent. */
export interface DictatedDraft {
  to: SpokenRecipient[];
  cc: SpokenRecipient[];
  subject: string;
  paragraphs: string[];
  /** The speaker asked to hear it again. */
  readBack: boolean;
}

/** @param sender whose name stands under it where the speaker signs off; null: none */
export function draftOf(
  commands: readonly SpokenCommand[],
  contacts: readonly Contact[],
  sender: string | null,
): DictatedDraft {
  const draft: DictatedDraft = { to: [], cc: [], subject: '', paragraphs: [], readBack: false };
  /** What each command added, to take it back. */
  const undo: (() => void)[] = [];
  let paragraph = 0;
  for (const command of commands) {
    switch (command.kind) {
      case 'to':
      case 'cc': {
        const list = draft[command.kind];
        const before = list.length;
        list.push(...command.names.map((name) => findRecipient(name, contacts)));
        undo.push(() => list.splice(before));
        break;
      }
      case 'subject': {
        const before = draft.subject;
        draft.subject = command.text;
        undo.push(() => (draft.subject = before));
        break;
      }
      case 'text':
      case 'newLine':
      case 'signOff': {
        const before = [...draft.paragraphs];
        const at = paragraph;
        const open = before[paragraph] ?? '';
        if (command.kind === 'text') {
          draft.paragraphs[paragraph] = added(open, command.text);
        } else if (command.kind === 'signOff') {
          const closing = sender === null ? command.closing : `${command.closing}\n${sender}`;
          paragraph = draft.paragraphs.push(closing);
        } else {
          draft.paragraphs[paragraph] = `${open}\n`;
        }
        undo.push(() => {
          draft.paragraphs = before;
          paragraph = at;
        });
        break;
      }
      case 'newParagraph': {
        const at = paragraph;
        paragraph = draft.paragraphs.length;
        undo.push(() => (paragraph = at));
        break;
      }
      case 'deleteThat':
        undo.pop()?.();
        break;
      case 'readBack':
        draft.readBack = true;
        break;
    }
  }
  return { ...draft, paragraphs: draft.paragraphs.map((text) => text.trim()).filter((text) => text !== '') };
}

function added(open: string, text: string): string {
  const begins = open === '' || open.endsWith('\n') || /[.!?:]$/u.test(open);
  const cased = begins ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
  return open === '' || open.endsWith('\n') ? open + cased : `${open} ${cased}`;
}
