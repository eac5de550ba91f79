import type { ModelPrompt } from '../../../src/domain/ai-prompt.js';

const EDGE = /^=====(BEGIN|END) ([A-Z][A-Z0-9 ]{0,30}) ([A-Za-z0-9]{16,64})=====$/;
/** Every character that some reader begins a new line at. */
const LINE_END = /[\r\v\f\u001c-\u001e\u0085\u2028\u2029]/;
const CONTROL_MARK =
  /<\s*\|[^|<>]{1,40}\|\s*>|<\s*\/?\s*(?:im_start|im_end|start_of_turn|end_of_turn|eot_id|s|system|assistant|user)\s*>|\[\/?INST\]|<<\/?SYS>>/i;
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e0fff}]/u;

/** A prompt as a reader of fences takes it apart: what is outside of all blocks; null where a block is not well made. */
export function outsideOf(user: string, boundary: string): { outside: string; blocks: string[] } | null {
  const outside: string[] = [];
  const blocks: string[] = [];
  let open: string | null = null;
  for (const line of user.split('\n')) {
    const edge = EDGE.exec(line);
    const isEdge = edge?.[3] === boundary;
    if (open === null) {
      if (isEdge && edge?.[1] === 'BEGIN') {
        open = edge[2] ?? '';
        blocks.push(open);
      } else outside.push(line);
    } else if (isEdge && edge?.[1] === 'END' && edge[2] === open) open = null;
    else if (isEdge || !line.startsWith('| ')) return null;
  }
  return open === null ? { outside: outside.join('\n'), blocks } : null;
}

/**
 * What is wrong with a prompt about a hostile mail, by the prompt about a harmless one: all that is outside of the blocks
 * has to be the same, byte by byte.
 */
export function promptProblems(
  prompt: ModelPrompt<unknown>,
  harmless: ModelPrompt<unknown>,
  boundary: string,
): string[] {
  const problems: string[] = [];
  if (prompt.system !== harmless.system) problems.push('the mail is in the system message');
  if (JSON.stringify(prompt.form.jsonSchema) !== JSON.stringify(harmless.form.jsonSchema))
    problems.push('the mail is in the schema');
  const taken = outsideOf(prompt.user, boundary);
  const expected = outsideOf(harmless.user, boundary);
  if (taken === null) problems.push('a fence is broken');
  else if (taken.outside !== expected?.outside) problems.push('the mail is outside of its fence');
  else if (taken.blocks.join() !== expected.blocks.join()) problems.push('the mail has a block of its own');
  if (LINE_END.test(prompt.user)) problems.push('a line end that is none of ours');
  if (CONTROL_MARK.test(prompt.user)) problems.push('a control mark of a chat template');
  if (UNSEEN.test(prompt.user)) problems.push('unseen characters');
  return problems;
}
