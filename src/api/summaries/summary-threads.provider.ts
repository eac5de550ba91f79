import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { SummaryThreads } from '../../adapters/summary/summary-threads.js';

/** Ends with the API. */
@Injectable()
export class SummaryThreadsProvider extends SummaryThreads implements OnModuleDestroy {
  onModuleDestroy(): Promise<void> {
    return this.close();
  }
}
