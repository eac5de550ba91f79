/** Pieces of words, and for each of them what it means: rows of a matrix, weighed by how much the piece tells. */
export interface MeaningTable {
  /** Row by piece; `##` begins those that go on with a word. */
  pieces: ReadonlyMap<string, number>;
  dimensions: number;
  /** By row what a component is worth. */
  scales: Float32Array;
  /** Row after row, a byte a component. */
  components: Int8Array;
}

const MAGIC = 'EPMEAN1\0';
const HEADER = MAGIC.length + 12;

/**
 * Reads what `npm run train:meaning` writes: magic, numbers of rows, dimensions and bytes of the vocabulary, scales,
 * components, vocabulary. Nothing but the vocabulary is copied where the bytes lie well.
 *
 * @throws where the bytes are no such table
 */
export function readMeaningTable(bytes: Uint8Array): MeaningTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  if (bytes.length < HEADER || decoder.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC)
    throw new Error('these are no meanings of words');
  const [rows, dimensions, letters] = [8, 12, 16].map((at) => view.getUint32(at, true)) as [number, number, number];
  const from = HEADER + 4 * rows;
  const to = from + rows * dimensions;
  if (bytes.length !== to + letters) throw new Error('these meanings of words are cut');
  const vocabulary = decoder.decode(bytes.subarray(to)).split('\n');
  if (vocabulary.length !== rows) throw new Error('these meanings of words have another number of words');
  return {
    pieces: new Map(vocabulary.map((piece, row) => [piece, row])),
    dimensions,
    scales: Float32Array.from({ length: rows }, (_, row) => view.getFloat32(HEADER + 4 * row, true)),
    components: new Int8Array(bytes.buffer, bytes.byteOffset + from, rows * dimensions),
  };
}
