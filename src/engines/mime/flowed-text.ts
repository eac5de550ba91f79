const MAX_QUOTE_DEPTH = 100;

/** Text with line ends \n; format=flowed (RFC 3676) is joined to whole paragraphs. */
export function flowedText(text: string, flowed: boolean, delSp: boolean): string {
  const plain = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  return flowed ? joinParagraphs(plain, delSp) : plain;
}

function joinParagraphs(text: string, delSp: boolean): string {
  const out: string[] = [];
  let depth = 0;
  let pieces: string[] = [];
  const close = (): void => {
    if (pieces.length > 0) out.push('>'.repeat(depth) + (depth > 0 ? ' ' : '') + pieces.join(''));
    pieces = [];
  };
  for (const line of text.split('\n')) {
    const marks = quoteMarks(line);
    const lineDepth = Math.min(marks, MAX_QUOTE_DEPTH);
    const content = line.slice(marks).replace(/^ /, '');
    const soft = content.endsWith(' ') && content !== '-- ';
    if (lineDepth !== depth) close();
    depth = lineDepth;
    pieces.push(soft && delSp ? content.slice(0, -1) : content);
    if (!soft) close();
  }
  close();
  return out.join('\n');
}

function quoteMarks(line: string): number {
  let count = 0;
  while (line[count] === '>') count += 1;
  return count;
}
