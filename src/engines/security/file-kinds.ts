/** What a double click runs or installs on Windows, macOS or Linux. */
const EXECUTABLE =
  'ade adp apk app appx appxbundle application bat chm cmd com command cpl deb desktop dll dmg exe gadget hlp hta inf ins isp jar jnlp js jse ksh lnk mam mde msc msi msix msp mst ocx pif pkg pl ps1 ps1xml ps2 psc1 psd1 psm1 py pyw rb reg rpm run scf scr sct settingcontent-ms sh shb shs sys url vb vbe vbs vbscript vxd website ws wsc wsf wsh xbap xll';
/** Containers that slip past the mark of the web, and formats that fetch or run on opening. */
const CONTAINER =
  'ace arj cab img iso library-ms lzh one onepkg search-ms searchconnector-ms theme themepack udf uue vhd vhdx wim xps';
const MACRO = 'docm dotm potm ppam ppsm pptm sldm xla xlam xlm xlsb xlsm xltm';
const DOCUMENT =
  'bmp csv doc docx eml gif htm html jpeg jpg mov mp3 mp4 pdf png ppt pptx rtf svg tif tiff txt xls xlsx zip';

const sets = {
  executable: new Set(EXECUTABLE.split(' ')),
  container: new Set(CONTAINER.split(' ')),
  macro: new Set(MACRO.split(' ')),
  document: new Set(DOCUMENT.split(' ')),
};

export type NameKind = keyof typeof sets;

export function extensionOf(name: string): string {
  // Windows drops trailing dots and blanks: "a.exe. " runs.
  const trimmed = name.replace(/[\s.]{1,100}$/, '');
  const dot = trimmed.lastIndexOf('.');
  return dot === -1 ? '' : trimmed.slice(dot + 1).toLowerCase();
}

export function nameIs(kind: NameKind, name: string): boolean {
  return sets[kind].has(extensionOf(name));
}

/** A harmless extension before the real one: `invoice.pdf.exe`, `invoice.pdf          .scr`. */
export function hidesExtension(name: string): boolean {
  const extension = extensionOf(name);
  if (!sets.executable.has(extension) && !sets.container.has(extension)) return false;
  const stem = name.slice(0, name.toLowerCase().lastIndexOf(`.${extension}`)).trimEnd();
  return sets.document.has(extensionOf(stem)) || /\s{5,}$/.test(name.slice(0, -extension.length - 1));
}

/** Direction overrides make `exe.fdp` look like `pdf.exe` backwards. */
export function hasDirectionOverride(name: string): boolean {
  return /[\u202a-\u202e\u2066-\u2069]/.test(name);
}

type Family = 'executable' | 'script' | 'html' | 'pdf' | 'image' | 'office' | 'archive' | 'media';

const TYPES: readonly { pattern: RegExp; family: Family }[] = [
  { pattern: /x-msdownload|x-dosexec|x-elf|x-mach|x-ms-shortcut|x-msi|vnd\.microsoft\.portable/, family: 'executable' },
  { pattern: /shellscript|javascript|x-sh$|x-python|x-perl/, family: 'script' },
  { pattern: /html/, family: 'html' },
  { pattern: /pdf/, family: 'pdf' },
  { pattern: /^image\/(?!svg)/, family: 'image' },
  {
    pattern: /officedocument|msword|ms-excel|ms-powerpoint|opendocument|x-cfb|rtf|vnd\.ms-(?!cab)|java-archive/,
    family: 'office',
  },
  { pattern: /zip|rar|7z|tar|compressed|bzip|x-xz/, family: 'archive' },
  { pattern: /^(?:audio|video)\//, family: 'media' },
];
const EXTENSIONS: Readonly<Record<string, Family>> = {
  htm: 'html',
  html: 'html',
  pdf: 'pdf',
  jpg: 'image',
  jpeg: 'image',
  png: 'image',
  gif: 'image',
  bmp: 'image',
  tif: 'image',
  tiff: 'image',
  webp: 'image',
  doc: 'office',
  docx: 'office',
  xls: 'office',
  xlsx: 'office',
  ppt: 'office',
  pptx: 'office',
  rtf: 'office',
  odt: 'office',
  zip: 'archive',
  rar: 'archive',
  '7z': 'archive',
  gz: 'archive',
  mp3: 'media',
  mp4: 'media',
};

function familyOf(type: string): Family | null {
  return TYPES.find(({ pattern }) => pattern.test(type))?.family ?? null;
}

/** What a file claims to be (its name, else its type) and is not by its bytes; null where the two agree or are unknown. */
export function mismatch(
  name: string,
  contentType: string,
  sniffed: string | null,
): { claimed: Family; real: Family } | null {
  if (sniffed === null) return null;
  const real = familyOf(sniffed);
  const claimed = EXTENSIONS[extensionOf(name)] ?? familyOf(contentType);
  if (real === null || claimed === null || claimed === real) return null;
  // Office files and many others are zips; .rtf and .doc are exchanged freely.
  const zipped = new Set<Family>(['office', 'archive']);
  return zipped.has(real) && zipped.has(claimed) ? null : { claimed, real };
}
