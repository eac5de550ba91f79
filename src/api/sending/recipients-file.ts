import { parse, type Info } from 'csv-parse';
import type { Problem } from '../../domain/problem.js';
import { wrongInput } from '../graphql/errors.js';
import type { UploadedFile } from '../graphql/upload.scalar.js';

/** A line of the file, as it stands there. */
export interface FileRow {
  /** Of the file, from 1. */
  row: number;
  address: string;
  name: string | null;
  mergeFields: Record<string, string>;
  /** Why the line cannot be read; null where it can. */
  problem: string | null;
}

const ADDRESS_COLUMNS = ['address', 'email', 'e-mail', 'mail', 'to'];
const MOST_COLUMNS = 100;
const LONGEST_RECORD_BYTES = 128 * 1024;

/**
 * Reads a CSV file (RFC 4180) with a header line, separated by commas, semicolons or tabs, line by line.
 *
 * @throws ApiError BAD_USER_INPUT for a file that is none
 */
export async function* readRecipientsFile(file: UploadedFile): AsyncGenerator<FileRow> {
  const chunks = textOf(file);
  const first = (await chunks.next()).value ?? '';
  const parser = parse({
    bom: true,
    info: true,
    delimiter: separatorOf(first.split(/\r?\n/, 1)[0] ?? ''),
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: LONGEST_RECORD_BYTES,
  });
  void feed(first, chunks, parser);
  let columns: string[] | null = null;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (columns === null) columns = columnsOf(record);
      else yield rowOf(columns, record, info.lines);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_'))
      throw unreadable(error.message);
    throw error;
  } finally {
    parser.destroy();
  }
  if (columns === null) throw unreadable('it is empty');
}

/** The file as it is asked for, decoded. @throws ApiError BAD_USER_INPUT for other encodings */
async function* textOf(file: UploadedFile): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw unreadable('it is not text in UTF-8');
    }
  };
  if (file.size > 0) for await (const chunk of file.stream()) yield decode(chunk);
  yield decode();
}

async function feed(first: string, rest: AsyncGenerator<string>, parser: ReturnType<typeof parse>): Promise<void> {
  try {
    parser.write(first);
    for await (const text of rest) {
      if (parser.destroyed) return;
      if (!parser.write(text)) {
        await new Promise<void>((resolve) => parser.once('drain', resolve).once('close', resolve));
      }
    }
    parser.end();
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function separatorOf(line: string): string {
  const counted = [',', ';', '\t'].map((sign) => ({ sign, times: line.split(sign).length }));
  return counted.toSorted((a, b) => b.times - a.times)[0]?.sign ?? ',';
}

function columnsOf(record: readonly string[]): string[] {
  const columns = record.map((name) => name.trim());
  const small = columns.map((name) => name.toLowerCase());
  if (columns.length > MOST_COLUMNS) throw unreadable(`it has more than ${MOST_COLUMNS} columns`);
  const address = small.findIndex((name) => ADDRESS_COLUMNS.includes(name));
  if (address === -1) {
    throw unreadable(
      `its first line names no column \`address\` or \`email\`: ${columns.slice(0, 10).join(', ').slice(0, 200)}`,
    );
  }
  const named = small.filter((name) => name !== '');
  const twice = named.find((name, index) => named.indexOf(name) !== index);
  if (twice !== undefined)
    throw unreadable(`its first line names the column ${JSON.stringify(twice.slice(0, 60))} twice`);
  return columns.map((name, index) => (index === address ? ADDRESS : small[index] === 'name' ? 'name' : name));
}

/** No column of a file is called that. */
const ADDRESS = '\0address';

function rowOf(columns: readonly string[], record: readonly string[], row: number): FileRow {
  const mergeFields: Record<string, string> = Object.create(null) as Record<string, string>;
  let address = '';
  let name: string | null = null;
  for (const [index, column] of columns.entries()) {
    const value = record[index] ?? '';
    if (column === ADDRESS) address = value;
    else if (column === 'name') name = value === '' ? null : value;
    else if (column !== '') mergeFields[column] = value;
  }
  const problem =
    record.length === columns.length ? null : `has ${record.length} columns, the first line ${columns.length}`;
  return { row, address, name, mergeFields: { ...mergeFields }, problem };
}

const unreadable = (why: string) => {
  const problem: Problem = { field: 'recipientsFile', problem: `cannot be read: ${why}` };
  return wrongInput([problem]);
};
