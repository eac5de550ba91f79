import iconv from 'iconv-lite';

export interface ZipEntry {
  name: string;
  compressed: number;
  uncompressed: number;
  encrypted: boolean;
}

export interface ZipDirectory {
  /** At most `limit`. */
  entries: ZipEntry[];
  /** As many as were counted, the unlisted included. */
  count: number;
  totalUncompressed: number;
  totalCompressed: number;
  encrypted: boolean;
}

const END_OF_DIRECTORY = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const ENTRY = 0x02014b50;
const END_SIZE = 22;
const ENTRY_SIZE = 46;
const MAX_COMMENT = 0xffff;
const MAX_COUNTED = 100_000;

/**
 * Reads the central directory of a zip (APPNOTE 4.3.12), never inflating anything; null where there is none.
 * Sizes are what the directory claims: reason enough to refuse it, never to trust it.
 */
export function readZipDirectory(bytes: Buffer, limit: number): ZipDirectory | null {
  const from = Math.max(0, bytes.length - END_SIZE - MAX_COMMENT);
  const end = bytes.lastIndexOf(END_OF_DIRECTORY);
  if (end < from || end + END_SIZE > bytes.length) return null;
  const size = bytes.readUInt32LE(end + 12);
  const stated = bytes.readUInt32LE(end + 16);
  // Data before the archive (a self-extractor) shifts all offsets: the directory ends where its end record begins.
  const start = stated + size <= end ? Math.max(0, end - size) : stated;
  const directory: ZipDirectory = { entries: [], count: 0, totalUncompressed: 0, totalCompressed: 0, encrypted: false };
  let pos = start;
  while (pos + ENTRY_SIZE <= end && bytes.readUInt32LE(pos) === ENTRY && directory.count < MAX_COUNTED) {
    const nameLength = bytes.readUInt16LE(pos + 28);
    const next = pos + ENTRY_SIZE + nameLength + bytes.readUInt16LE(pos + 30) + bytes.readUInt16LE(pos + 32);
    const flags = bytes.readUInt16LE(pos + 8);
    const entry = {
      name: '',
      compressed: bytes.readUInt32LE(pos + 20),
      uncompressed: bytes.readUInt32LE(pos + 24),
      encrypted: (flags & 1) === 1,
    };
    directory.count += 1;
    directory.totalCompressed += entry.compressed;
    directory.totalUncompressed += entry.uncompressed;
    directory.encrypted ||= entry.encrypted;
    if (directory.entries.length < limit) {
      const name = bytes.subarray(pos + ENTRY_SIZE, Math.min(end, pos + ENTRY_SIZE + nameLength));
      directory.entries.push({
        ...entry,
        name: iconv.decode(name, (flags & 0x800) === 0 ? 'cp437' : 'utf8').slice(0, 500),
      });
    }
    pos = next;
  }
  return directory.count === 0 && size > 0 ? null : directory;
}
