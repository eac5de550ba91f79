const QUOTED = /^[ \t]*>/;
/** What clients put above a whole mail that is answered or passed on. */
const ORIGINAL =
  /^[ \t]*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|message transféré|mensaje original|mensaje reenviado)\s*-{2,}|_{10,})[ \t]*$/i;
const SIGNATURE = /^-- ?$/;

/**
 * What the writer wrote himself, at its place: quoted lines, the original below a separator and the signature are
 * blanked, so that positions stay those of the draft.
 */
export function ownLines(text: string): string {
  const lines = text.split('\n');
  let over = false;
  return lines
    .map((line) => {
      over ||= ORIGINAL.test(line.slice(0, 200)) || SIGNATURE.test(line.trimEnd() === '--' ? '--' : line);
      return over || QUOTED.test(line) ? ' '.repeat(line.length) : line;
    })
    .join('\n');
}
