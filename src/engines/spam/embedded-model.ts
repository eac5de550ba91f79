import { loadSpamModel, type SpamModel } from './model.js';
import { SPAM_WEIGHTS } from './model.generated.js';

let loaded: SpamModel | undefined;

/** The weights that ship, decoded once. They are a module and not a file, so that every build carries them. */
export function embeddedSpamModel(): SpamModel {
  loaded ??= loadSpamModel(Buffer.from(SPAM_WEIGHTS, 'base64'));
  return loaded;
}
