import type { ParseLimits } from '../../domain/parsed-message.js';
import type { DefectList } from './defect-list.js';
import { readZipDirectory } from './zip-directory.js';

export interface ArchiveListing {
  entries: string[] | null;
  encrypted: boolean;
}

const MAX_ENTRIES = 1_000;
/** Coder 06F10701 (AES-256 with SHA-256) in a 7z header. */
const SEVEN_ZIP_AES = Buffer.from([0x06, 0xf1, 0x07, 0x01]);
const TAR_BLOCK = 512;

const ZIPPED_FORMATS = /^application\/(?:vnd\.(?:openxmlformats|oasis|android)|epub)/;

const NOTHING: ArchiveListing = { entries: null, encrypted: false };

/** What an archive holds by its own directory. Nothing is unpacked: a bomb is recognised by what it claims. */
export function listArchive(
  bytes: Buffer,
  sniffed: string | null,
  name: string,
  limits: ParseLimits,
  defects: DefectList,
): ArchiveListing {
  switch (sniffed) {
    case 'application/x-tar':
      return { entries: tarNames(bytes, name, defects), encrypted: false };
    case 'application/gzip':
      markGzipBomb(bytes, name, limits, defects);
      return NOTHING;
    case 'application/x-7z-compressed':
      return { entries: null, encrypted: bytes.subarray(-4096).includes(SEVEN_ZIP_AES) };
    case 'application/x-rar-compressed':
      return { entries: null, encrypted: isEncryptedRar(bytes) };
    default:
      return sniffed !== null && isZipped(sniffed) ? zipListing(bytes, name, limits, defects) : NOTHING;
  }
}

export function isZipped(type: string): boolean {
  return type === 'application/zip' || type === 'application/java-archive' || ZIPPED_FORMATS.test(type);
}

function zipListing(bytes: Buffer, name: string, limits: ParseLimits, defects: DefectList): ArchiveListing {
  const directory = readZipDirectory(bytes, MAX_ENTRIES);
  if (directory === null) {
    defects.add('archive.unreadable', `The archive ${name} has no readable directory.`);
    return NOTHING;
  }
  const ratio = directory.totalUncompressed / Math.max(1, directory.totalCompressed);
  if (directory.totalUncompressed > limits.archiveBytes && ratio > limits.archiveRatio) {
    const size = Math.round(directory.totalUncompressed / (1024 * 1024));
    defects.add('archive.bomb', `The archive ${name} would unpack to ${size} MB, ${Math.round(ratio)} times its size.`);
  } else if (directory.count > limits.archiveEntries) {
    defects.add('archive.bomb', `The archive ${name} has ${directory.count} entries.`);
  }
  if (directory.count > directory.entries.length) markUnlisted(name, defects);
  const nested = directory.entries.filter(
    (entry) =>
      /\.(?:zip|gz|7z|rar|xz|bz2)$/i.test(entry.name) && entry.uncompressed > 8 * Math.max(1, entry.compressed),
  );
  if (nested.length > 3) {
    defects.add('archive.bomb', `The archive ${name} holds ${nested.length} archives that shrank again when packed.`);
  }
  const climbing = directory.entries.find((entry) =>
    /(?:^|[\\/])\.\.(?:[\\/]|$)|^[\\/]|^[a-z]:[\\/]/i.test(entry.name),
  );
  if (climbing !== undefined) {
    defects.add(
      'archive.path',
      `The archive ${name} has an entry that leaves its folder: ${climbing.name.slice(0, 100)}.`,
    );
  }
  return { entries: directory.entries.map((entry) => entry.name), encrypted: directory.encrypted };
}

function markUnlisted(name: string, defects: DefectList): void {
  defects.add('archive.entries', `The archive ${name} has more than ${MAX_ENTRIES} entries; the rest was not listed.`);
}

function markGzipBomb(bytes: Buffer, name: string, limits: ParseLimits, defects: DefectList): void {
  if (bytes.length < 18) return;
  const claimed = bytes.readUInt32LE(bytes.length - 4);
  const ratio = claimed / bytes.length;
  // gzip of gzip claims little for the outer one: 500 MB of zeros, packed twice, are 1.6 KB. Deflate reaches 1:1032.
  if ((claimed > limits.archiveBytes && ratio > limits.archiveRatio) || ratio > 250) {
    defects.add('archive.bomb', `The archive ${name} would unpack to ${Math.round(ratio)} times its size.`);
  }
}

function tarNames(bytes: Buffer, name: string, defects: DefectList): string[] {
  const names: string[] = [];
  let pos = 0;
  while (pos + TAR_BLOCK <= bytes.length && names.length < MAX_ENTRIES && bytes[pos] !== 0) {
    names.push(bytes.toString('utf8', pos, pos + 100).replace(/\0[^]*$/, ''));
    const size = Number.parseInt(bytes.toString('latin1', pos + 124, pos + 136).replace(/[^0-7]/g, ''), 8) || 0;
    pos += TAR_BLOCK + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  if (names.length >= MAX_ENTRIES) markUnlisted(name, defects);
  return names;
}

function isEncryptedRar(bytes: Buffer): boolean {
  if (bytes.length < 16) return false;
  // RAR 5: the block after the signature is the encryption header, type 4; RAR 4: flag 0x80 of the archive header.
  if (bytes[6] === 0x01) return bytes[13] === 4 || bytes[12] === 4;
  const headerFlags = bytes.readUInt16LE(10);
  if ((headerFlags & 0x80) !== 0) return true;
  const fileHeader = 7 + bytes.readUInt16LE(12);
  return (
    fileHeader + 5 <= bytes.length && bytes[fileHeader + 2] === 0x74 && ((bytes[fileHeader + 3] ?? 0) & 0x04) !== 0
  );
}
