import type { ParsedMessage } from '../../domain/parsed-message.js';
import { type FindingList, shown } from './finding-list.js';

const SEARCHED = 128 * 1024;
/** Newsletters hide a preview line; more is meant for filters or models. */
const PREVIEW = 250;

/** Text that speaks to a language model instead of a person, in English, German, French and Spanish. */
const INSTRUCTIONS: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|preceding|all|your|system)\b[^.\n]{0,30}\b(?:instructions?|prompts?|rules|directions|guidelines|context)\b/iu,
  /\bignorier\w{0,4}\b[^.\n]{0,40}\b(?:vorherige\w{0,2}|bisherige\w{0,2}|obige\w{0,2}|alle\w{0,2})\b[^.\n]{0,30}\b(?:anweisung\w{0,2}|regeln|vorgaben|befehle)\b/iu,
  /\bignore[rz]?\b[^.\n]{0,30}\b(?:les|toutes|las|todas)\b[^.\n]{0,30}\b(?:instructions|consignes|instrucciones)\b[^.\n]{0,30}\b(?:précédentes|anteriores|previas)\b/iu,
  /<\|?\s{0,3}(?:im_start|im_end|endoftext|im[_\W]{0,12}(?:start|end)|system|assistant|endofprompt|eot_id|start_header_id)\s{0,3}\|?>/iu,
  /<\/?\s{0,3}(?:system|assistant|user|email|document|context|tool|instructions?)(?:[\s_-](?:prompt|message|instructions?))?\s{0,3}>\s{0,10}<\/?\s{0,3}(?:system|assistant|user|email|tool)/iu,
  /\[\/?INST\]|<<\/?SYS>>|\bBEGIN (?:SYSTEM|ADMIN) (?:PROMPT|MESSAGE)\b/u,
  /\b(?:system|developer)[\s_]{0,2}prompt\b\s{0,3}[:>\]]/iu,
  /\bI[\s\W]{0,3}am[\s\W]{0,3}(?:the|an|your)[\s\W]{0,3}(?:AI|artificial|mail|e-?mail|language)[\s\W]{0,3}(?:mail|model|assistant|agent|intelligence)/iu,
  /\b(?:you are|as|attention|dear|hey|note (?:to|for)|instructions? (?:to|for))\b[\s,:]{1,3}(?:an?|the|any|all)?\s{0,2}(?:AI|LLM|large language model|chatbot|AI assistant|language model|email assistant|automated assistant)\b/iu,
  /\b(?:when|if|after|while|before)\b[^.\n]{0,30}\bsummari[sz](?:e|ing|es)\b[^.\n]{0,60}\b(?:e-?mails?|messages?|inbox|this)\b[^.\n]{0,100}\b(?:send|forward|reply|include|append|also|must|call|execute)\b/iu,
  /\b(?:call|invoke|use|execute|run|trigger)\b[^.\n]{0,30}\b(?:send[_-]e?-?mail|send e-?mail (?:tool|function|api|plugin))\b/iu,
  /"(?:tool|function|name)_?(?:call|name)?s?"\s{0,3}:\s{0,3}"(?:send_?e?mail|forward|delete|search)/iu,
];

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

function instructionIn(text: string): string | null {
  if (text === '') return null;
  for (const pattern of INSTRUCTIONS) {
    const found = pattern.exec(text);
    if (found !== null) return found[0];
  }
  return null;
}

/** Text written in Unicode tag characters, which no program shows and models read. */
function invisibleCharactersOf(text: string): string {
  const tags = text.match(/[\u{e0020}-\u{e007e}]/gu) ?? [];
  return tags.map((character) => String.fromCodePoint((character.codePointAt(0) ?? 0) - 0xe0000)).join('');
}
