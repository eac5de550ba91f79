/** Destinations that hold no text of the body, besides all that are marked with `\*`. */
export const SILENT: ReadonlySet<string> = new Set(
  'colortbl stylesheet info pict objdata objclass objname objalias objsect listtext pntext pntxta pntxtb header headerl headerr headerf footer footerl footerr footerf footnote filetbl rxe xe tc nonshppict'.split(
    ' ',
  ),
);

/** Control words and symbols that stand for a character. */
export const CHARACTERS: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  row: '\n',
  sect: '\n',
  page: '\n',
  tab: '\t',
  cell: '\t',
  lquote: '\u2018',
  rquote: '\u2019',
  ldblquote: '\u201c',
  rdblquote: '\u201d',
  bullet: '\u2022',
  endash: '\u2013',
  emdash: '\u2014',
  emspace: ' ',
  enspace: ' ',
  '{': '{',
  '}': '}',
  '\\': '\\',
  '~': '\u00a0',
  _: '\u2011',
  '\n': '\n',
  '\r': '\n',
};

/** `\fcharset` by its code page; others have that of the document. */
export const FONT_CODE_PAGES: Readonly<Record<number, number>> = {
  77: 10000,
  128: 932,
  129: 949,
  130: 1361,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  177: 1255,
  178: 1256,
  186: 1257,
  204: 1251,
  222: 874,
  238: 1250,
  254: 437,
  255: 850,
};
