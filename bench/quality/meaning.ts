import { readMeaningFile } from '../../src/adapters/embedding/meaning-file.js';
import { embeddedText, meaningPart, toBytes, type StoredVector } from '../../src/domain/embedding.js';
import { MeaningEmbedder } from '../../src/engines/embedding/meaning-embedder.js';

const embedder = new MeaningEmbedder(readMeaningFile);

/** What a worker without an embedding model makes of a text's meaning, as its classifiers read it. */
export function meaningOfMail(subject: string, text: string): StoredVector | null {
  return meaningPart({ space: embedder.name, bytes: toBytes(embedder.embedOne(embeddedText(subject, text))) });
}
