/** Windows code pages by the charset label that decodes them; what is not here is `windows-` and its number. */
const LABELS: Readonly<Record<number, string>> = {
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  1200: 'utf-16le',
  1201: 'utf-16be',
  1361: 'euc-kr',
  10000: 'macintosh',
  10007: 'x-mac-cyrillic',
  20127: 'us-ascii',
  20866: 'koi8-r',
  20932: 'euc-jp',
  20936: 'gbk',
  21866: 'koi8-u',
  38598: 'iso-8859-8-i',
  50220: 'iso-2022-jp',
  50221: 'iso-2022-jp',
  50222: 'iso-2022-jp',
  51932: 'euc-jp',
  51936: 'gbk',
  51949: 'euc-kr',
  52936: 'gb18030',
  54936: 'gb18030',
  65000: 'utf-7',
  65001: 'utf-8',
};

/** The charset of a Windows code page identifier; windows-1252 for one that there is not. */
export function codePageCharset(codePage: number | null): string {
  if (codePage === null) return 'windows-1252';
  const known = LABELS[codePage];
  if (known !== undefined) return known;
  if (codePage >= 28591 && codePage <= 28605) return `iso-8859-${codePage - 28590}`;
  if (codePage >= 1250 && codePage <= 1258) return `windows-${codePage}`;
  return codePage >= 437 && codePage <= 869 ? `cp${codePage}` : 'windows-1252';
}
