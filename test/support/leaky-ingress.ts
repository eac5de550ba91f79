import { readConfig } from '../../src/config.js';
import { runIngress } from '../../src/ingress/run-ingress.js';

/** An intake that answers 250 before the commit: the control of the durability tests, which must notice what it loses. */
await runIngress(readConfig(), { answerBeforeCommit: true });
