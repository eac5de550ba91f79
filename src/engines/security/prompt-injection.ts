import { mailOrderIn } from './mail-orders.js';

/** Text that speaks to a language model instead of a person: its marks, its roles, its tools, or an order to send mail. */

interface Rule {
  what: string;
  pattern: RegExp;
}

const RULES: readonly Rule[] = [
  {
    what: 'overrides instructions',
    pattern:
      /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|preceding|all|your|system)\b[^.\n]{0,30}\b(?:instructions?|prompts?|rules|directions|guidelines|context)\b/iu,
  },
  {
    what: 'overrides instructions',
    pattern:
      /\bignorier\w{0,4}\b[^.\n]{0,40}\b(?:vorherige\w{0,2}|bisherige\w{0,2}|obige\w{0,2}|alle\w{0,2})\b[^.\n]{0,30}\b(?:anweisung\w{0,2}|regeln|vorgaben|befehle)\b/iu,
  },
  {
    what: 'overrides instructions',
    pattern:
      /\b(?:ignore[rz]?|olvida|omite)\b[^.\n]{0,30}\b(?:les|toutes|las|todas)\b[^.\n]{0,30}\b(?:instructions|consignes|instrucciones)\b[^.\n]{0,30}\b(?:précédentes|anteriores|previas)\b/iu,
  },
  {
    what: 'overrides instructions',
    pattern: /\b(?:new|updated) (?:important )?(?:instructions?|task)\b\s{0,3}[:>\]]/iu,
  },
  {
    what: 'holds the control marks of a model',
    pattern:
      /<\s{0,3}[|｜](?:[^<>\n|｜]{1,40})[|｜]\s{0,3}>|<\s{0,3}\|?\s{0,3}(?:im_start|im_end|endoftext|endofprompt|eot_id|start_header_id|end_of_turn|start_of_turn)\s{0,3}\|?\s{0,3}>|\bim[_\W]{1,12}(?:start|end)\b[_\W]{1,6}(?:system|user|assistant)\b/iu,
  },
  {
    what: 'plays a role of a conversation',
    pattern:
      /<\/?\s{0,3}(?:system|assistant|user|email|e-mails|document|context|tool|instructions?|new instructions?|end of (?:document|emails?|text))(?:[\s_-](?:prompt|message|instructions?))?\s{0,3}>\s{0,10}<\/?\s{0,3}(?:system|assistant|user|email|tool|new instructions?|instructions?)/iu,
  },
  {
    what: 'plays a role of a conversation',
    pattern:
      /\[\/?INST\]|<<\/?SYS>>|\bBEGIN (?:SYSTEM|ADMIN) (?:PROMPT|MESSAGE)\b|\b(?:system|developer)[\s_]{0,2}prompt\b\s{0,3}[:>\]]/iu,
  },
  {
    what: 'plays a role of a conversation',
    pattern:
      /(?:^|\n|`{3}|[>"}\]])\s{0,6}(?:#{1,4} ?)?(?:user|assistant|system|human|ai)\s{0,2}[:>](?!:)\s{0,10}[^\n]{0,160}\b(?:send|e-?mails?|summari[sz]e|call|tool|forward|reply|confirm)/iu,
  },
  {
    what: 'closes the text that a model was given',
    pattern:
      /[<[{(［#*=-]{1,8}\s{0,3}\/?\s{0,3}(?:end|begin|start)(?:ing)?[\s_-]{0,3}(?:of[\s_-]{1,3})?(?:the[\s_-])?(?:user|e-?mails?|summar(?:y|ies)|document|context|instructions?|prompt|data|input|output|conversation)\s{0,3}[>\]})］#*=-]{1,8}/iu,
  },
  {
    what: 'closes the text that a model was given',
    pattern:
      /<\s{0,3}\/\s{0,3}(?:summary|output|e-?mail|e-?mails|response|answer|context|document|data|user|query)\s{0,3}>|\[\s{0,3}\/?\s{0,3}(?:summary|sumary|output|response|thinking|end[ _]of[ _]summary)\s{0,3}\]/iu,
  },
  {
    what: 'speaks to a model',
    pattern:
      /\bI[\s\W]{0,3}am[\s\W]{0,3}(?:the|an|your)[\s\W]{0,3}(?:AI|artificial|mail|e-?mail|language)[\s\W]{0,3}(?:mail|model|assistant|agent|intelligence)/iu,
  },
  {
    what: 'speaks to a model',
    pattern:
      /\b(?:you are|as|attention|dear|hey|note (?:to|for)|instructions? (?:to|for)|by)\b[\s,:]{1,3}(?:an?|the|any|all)?\s{0,2}(?:AI|LLM|large language model|chatbot|AI assistant|language model|email assistant|automated assistant)\b/iu,
  },
  {
    what: 'speaks to a model that summarises',
    pattern:
      /\b(?:when|if|after|while|before)\b[^.\n]{0,30}\bsummari[sz](?:e|ing|es)\b[^.\n]{0,60}\b(?:e-?mails?|messages?|inbox|this)\b[^.\n]{0,100}\b(?:send|forward|reply|include|append|also|must|call|execute)\b|\bsummari[sz]e (?:further|and (?:send|e-?mail))\b|\bsummari[sz]ation (?:task|process|feature)\b[^]{0,200}\b(?:send|e-?mail|confirm)/iu,
  },
  {
    what: 'tells a model that it is safe',
    pattern:
      /\b(?:e-?mail|message|text)\b[^.\n]{0,30}\b(?:has )?passed (?:all|every|the)\b[^.\n]{0,30}\b(?:safety|security|ethics)\b|\bno (?:attacks?|injections?) (?:or (?:attacks?|injections?) )?(?:were |was )?(?:detected|found)\b|\bsafe and ethical use\b/iu,
  },
  {
    what: 'calls a tool',
    pattern:
      /\b(?:call|invoke|use|execute|run|trigger|using)\b[^.\n]{0,40}\b(?:send[_ -]?e?-?mail|send e-?mail)[_ ]?(?:tool|function|api|plugin|\(|\b_)|\bsend\b[^\n]{0,160}\b(?:appropriate|right|available|e-?mail)\b[^.\n]{0,20}\b(?:tool|api (?:call|function)|function call|plugin)\b|\bsend_?e?mail (?:tool|call)\b|\bsend e-?mail call\b|\[\s{0,3}send[_ ]?e?-?mail\s{0,3}\]|<\s{0,3}\/?api_function/iu,
  },
  {
    what: 'calls a tool',
    pattern:
      /["'](?:tool|function|name|action)_?(?:call|name)?s?["']\s{0,3}:\s{0,3}["'](?:send_?e?mail|forward|delete|search)|\b(?:send|forward)_(?:e?mail|message)\s{0,3}\(|["']?(?:to|recipient)["']?\s{0,3}[:=]\s{0,3}["'][^"'\n]{3,80}@[^"'\n]{3,80}["'][^]{0,40}["']?(?:body|text|content|subject)["']?\s{0,3}[:=]\s{0,3}["']/iu,
  },
  {
    what: 'hides mails in the mail',
    pattern:
      /(?:^|\n)\s{0,4}(?:\*\*)?subject:[^\n]{1,200}\n{1,3}\s{0,4}(?:\*\*)?body:[^]{1,2000}(?:^|\n)\s{0,4}(?:\*\*)?(?:subject|body):/iu,
  },
];

const INVISIBLE = /[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u{e0001}]/gu;

/** The first words that give orders to a language model; null where there are none. */
export function instructionIn(text: string): string | null {
  if (text === '') return null;
  const plain = squaredLetters(text).replace(INVISIBLE, '').normalize('NFKC');
  for (const { pattern } of RULES) {
    const found = pattern.exec(plain);
    if (found !== null) return found[0].trim();
  }
  return mailOrderIn(plain);
}

/** Letters on dark squares and circles have no compatibility form; models read them all the same. */
function squaredLetters(text: string): string {
  return text.replace(/[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/gu, (letter) => {
    const point = letter.codePointAt(0) ?? 0;
    return String.fromCharCode(0x61 + point - (point < 0x1f170 ? 0x1f150 : 0x1f170));
  });
}
