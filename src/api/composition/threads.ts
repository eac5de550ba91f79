import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DraftThreads } from '../../adapters/composition/draft-threads.js';
import { PhraseThreads } from '../../adapters/composition/phrase-threads.js';

/** Ends with the API. */
@Injectable()
export class PhraseThreadsProvider extends PhraseThreads implements OnModuleDestroy {
  onModuleDestroy(): Promise<void> {
    return this.close();
  }
}

/** Where Hunspell dictionaries lie beside those that come with the program; null: nowhere. */
export class DictionaryFolder {
  constructor(readonly path: string | null) {}
}

/** Ends with the API. */
@Injectable()
export class DraftThreadsProvider extends DraftThreads implements OnModuleDestroy {
  constructor(dictionaries: DictionaryFolder) {
    super(dictionaries.path);
  }

  onModuleDestroy(): Promise<void> {
    return this.close();
  }
}
