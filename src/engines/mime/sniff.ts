import { fileTypeFromBuffer } from 'file-type';
import { readZipDirectory } from './zip-directory.js';

/** file-type never sees more: with whole archives at hand it would unpack them to look inside. */
const SNIFFED_BYTES = 4_100;

const SIGNATURES: readonly { bytes: string; type: string }[] = [
  { bytes: 'MZ', type: 'application/x-msdownload' },
  { bytes: '\x7fELF', type: 'application/x-elf' },
  { bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', type: 'application/x-cfb' },
  { bytes: 'Rar!\x1a\x07', type: 'application/x-rar-compressed' },
  { bytes: "7z\xbc\xaf'\x1c", type: 'application/x-7z-compressed' },
  { bytes: '\x1f\x8b', type: 'application/gzip' },
  { bytes: 'MSCF', type: 'application/vnd.ms-cab-compressed' },
  { bytes: 'L\x00\x00\x00\x01\x14\x02\x00', type: 'application/x-ms-shortcut' },
  { bytes: '{\\rtf', type: 'application/rtf' },
  { bytes: '#!', type: 'text/x-shellscript' },
  { bytes: 'x\x9f>"', type: 'application/ms-tnef' },
];

/** Office formats and their kin by an entry that only they have. */
const ZIPPED: readonly { entry: RegExp; type: string }[] = [
  {
    entry: /^word\/document\d*\.xml$/i,
    type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  },
  { entry: /^xl\/workbook\.(?:xml|bin)$/i, type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' },
  {
    entry: /^ppt\/presentation\.xml$/i,
    type: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  },
  { entry: /^META-INF\/MANIFEST\.MF$/, type: 'application/java-archive' },
  { entry: /^AndroidManifest\.xml$/, type: 'application/vnd.android.package-archive' },
];

/** What the first bytes say that a file is; null where they say nothing. */
export async function sniffType(bytes: Buffer): Promise<string | null> {
  if (bytes.length === 0) return null;
  const head = bytes.toString('latin1', 0, 1_024);
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return zippedType(bytes);
  const signature = SIGNATURES.find((known) => head.startsWith(known.bytes));
  if (signature !== undefined) return signature.type;
  if (head.slice(0, 1_024).includes('%PDF-')) return 'application/pdf';
  if (/^[\s\xef\xbb\xbf]{0,200}<(?:!doctype\s+html|html|head|body|script|iframe)\b/i.test(head)) return 'text/html';
  try {
    return (await fileTypeFromBuffer(bytes.subarray(0, SNIFFED_BYTES)))?.mime ?? null;
  } catch {
    // file-type gives up on some truncated files with an end-of-stream error: the bytes say nothing then.
    return null;
  }
}

function zippedType(bytes: Buffer): string {
  const entries = readZipDirectory(bytes, 1_000)?.entries ?? [];
  for (const { entry, type } of ZIPPED) if (entries.some((candidate) => entry.test(candidate.name))) return type;
  return 'application/zip';
}
