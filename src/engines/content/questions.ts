const LIMIT = 10;
const LONGEST = 300;
/** A question mark at the end, before closing quotes or brackets; those inside an address do not count. */
const ASKS = /[?？؟][!?]*["'”’»)\]]*$/;
const ONLY_ADDRESS = /^\S*(?::\/\/|www\.)\S*$/;

/** The questions among sentences, in their order, at most ten; a long one loses its start, not its point. */
export function questionsIn(sentences: readonly string[]): string[] {
  const asked = sentences.filter(
    (sentence) => ASKS.test(sentence) && !ONLY_ADDRESS.test(sentence) && /\p{L}{2}/u.test(sentence),
  );
  const short = asked.map((sentence) => (sentence.length <= LONGEST ? sentence : `…${sentence.slice(1 - LONGEST)}`));
  return [...new Set(short)].slice(0, LIMIT);
}
