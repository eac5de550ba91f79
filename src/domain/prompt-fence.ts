/**
 * How text of strangers stands in a prompt: between two lines that carry a boundary drawn for this one call, each of its
 * own lines behind `| `. No line of it can be a fence, whatever it says and whether or not it knows the boundary.
 */

const BOUNDARY = /^[A-Za-z0-9]{16,64}$/;
const LABEL = /^[A-Z][A-Z0-9 ]{0,30}$/;
/** All that any reader takes for an end of line: UAX 14 BK, CR, LF, NL, and the separators of RFC 20. */
const LINE_ENDS = /\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/g;
/**
 * Marks that chat templates cut a conversation by. A server that tokenises them inside a user's text takes them for its
 * own: the bracket is exchanged for one that looks alike.
 */
const CONTROL_MARKS =
  /[<＜](?=\s{0,3}[|｜])|(?<=[|｜]\s{0,3})[>＞]|[<＜](?=\s{0,3}\/?\s{0,3}(?:s|bos|eos|pad|unk|sys|inst|system|user|assistant|human|developer|tool(?:_?calls?)?|function(?:_?calls?)?|think(?:ing)?|im_start|im_end|endoftext|eot_id|start_of_turn|end_of_turn|antml:[a-z_]{1,30})\s{0,3}[>＞])|[<＜](?=[<＜]\s{0,3}\/?\s{0,3}sys)|\[(?=\s{0,3}\/?\s{0,3}(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\s{0,3}\])/giu;
const LOOKS_LIKE: Readonly<Record<string, string>> = { '<': '‹', '＜': '‹', '>': '›', '＞': '›', '[': '［' };
/** Lines that look like the fence of any call. */
const FENCE_LIKE = /={3,}(?=\s{0,3}(?:BEGIN|END)\b)/giu;

/**
 * One block of data in a prompt.
 *
 * @param label what it is, in capitals: `TEXT`, `MESSAGE 2`
 * @param boundary drawn for this call, 16 to 64 letters and digits
 * @throws Error where label or boundary are none: a mistake of ours, never of a mail
 */
export function fence(label: string, text: string, boundary: string): string {
  if (!BOUNDARY.test(boundary)) throw new Error('the boundary of a prompt has 16 to 64 letters and digits');
  if (!LABEL.test(label)) throw new Error('a block of a prompt is named in capitals');
  const lines = unmarked(text.replaceAll(boundary, '')).split('\n');
  return [
    `=====BEGIN ${label} ${boundary}=====`,
    ...lines.map((line) => `| ${line}`),
    `=====END ${label} ${boundary}=====`,
  ].join('\n');
}

/** A text whose line ends are all `\n` and that holds neither a template's control marks nor what looks like a fence. */
export function unmarked(text: string): string {
  return text
    .replace(LINE_ENDS, '\n')
    .replace(CONTROL_MARKS, (mark) => LOOKS_LIKE[mark] ?? '‹')
    .replace(FENCE_LIKE, (signs) => '꞊'.repeat(Math.min(signs.length, 5)));
}
