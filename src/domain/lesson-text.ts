import { LONGEST_LESSON } from './sent-mail.js';
import { isWord, predictionTokens } from './prediction-tokens.js';

/** Lines that speak of a secret are not learned, nor what follows a line that announces one. */
const SECRET =
  /pass(?:word|code|phrase|wort)|kennwort|geheim|mot de passe|contrase[ñn]a|clave|\bpins?\b|\bpwd?\b|\bcvv\b|\btans?\b|secret|credential|\btoken\b|(?:access|security|verification|login) (?:code|key)|\biban\b|\bssn\b/i;
/** Addresses, links, paths, and whatever holds a digit. */
const NEVER = /[@\p{N}\\]|:\/\/|www\./iu;
const MASK = '#';

/**
 * A mail's new text as it may be learned: no line about a secret, and every number, address, link and generated string
 * replaced by one sign. Also what is stored: what is not here cannot leak.
 */
export function lessonText(newText: string): string {
  const lines: string[] = [];
  let announced = false;
  for (const line of newText.slice(0, 4 * LONGEST_LESSON).split('\n')) {
    if (line.trim() === '') {
      if (lines.at(-1) !== '') lines.push('');
      continue;
    }
    const secret = SECRET.test(line);
    if (!secret && !announced) lines.push(masked(line));
    announced = secret && /:\s*$/.test(line);
  }
  return lines.join('\n').trim().slice(0, LONGEST_LESSON);
}

function masked(line: string): string {
  const chunks = line.trim().split(/\s+/);
  return chunks.map((chunk) => (NEVER.test(chunk) ? MASK : maskedTokens(chunk))).join(' ');
}

function maskedTokens(chunk: string): string {
  let text = '';
  let at = 0;
  for (const { text: token, end } of predictionTokens(chunk)) {
    text += chunk.slice(at, end - token.length);
    text += isWord(token) || token.length === 1 ? token : MASK;
    at = end;
  }
  return text;
}
