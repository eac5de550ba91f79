import type { ParsedMessage } from '../../domain/parsed-message.js';
import { instructionIn } from './prompt-injection.js';
import { type FindingList, shown } from './finding-list.js';

const SEARCHED = 128 * 1024;
/** Newsletters hide a preview line; more is meant for filters or models. */
const PREVIEW = 250;

export function findInContent(parsed: ParsedMessage, findings: FindingList): void {
  const visible = `${parsed.subject}\n${parsed.text}`.slice(0, SEARCHED);
  const hidden = parsed.hiddenText.slice(0, SEARCHED);
  const spoken = instructionIn(hidden) ?? instructionIn(invisibleCharactersOf(visible));
  const open = instructionIn(visible);
  if (spoken !== null) {
    findings.add(
      'content.promptInjection',
      'high',
      0.8,
      `Text that readers do not see gives orders to a language model: "${shown(spoken)}".`,
    );
  } else if (open !== null) {
    findings.add(
      'content.promptInjection',
      'medium',
      0.45,
      `The text gives orders to a language model: "${shown(open)}".`,
    );
  }
  if (hidden.length > PREVIEW) {
    const share = hidden.length / (hidden.length + parsed.text.length);
    const much = share > 0.5;
    findings.add(
      'content.hidden',
      much ? 'medium' : 'low',
      much ? 0.3 : 0.1,
      `${hidden.length} characters of the mail are invisible to its reader.`,
    );
  }
  const tagged = invisibleCharactersOf(visible);
  if (tagged.length >= 8) {
    findings.add(
      'content.tagCharacters',
      'medium',
      0.5,
      `The text holds "${shown(tagged)}" in Unicode tag characters, which no program shows.`,
    );
  }
  const invisible = visible.match(/[\u200b-\u200d\u2060\ufeff\u00ad]/g)?.length ?? 0;
  if (invisible > 30 && invisible > visible.length / 50) {
    findings.add(
      'content.invisibleCharacters',
      'low',
      0.2,
      `${invisible} invisible characters break up the words of the text.`,
    );
  }
}

/** Text written in Unicode tag characters, which no program shows and models read. */
function invisibleCharactersOf(text: string): string {
  const tags = text.match(/[\u{e0020}-\u{e007e}]/gu) ?? [];
  return tags.map((character) => String.fromCodePoint((character.codePointAt(0) ?? 0) - 0xe0000)).join('');
}
