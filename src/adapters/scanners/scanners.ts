import type { Scanner, SpamAnswer, VirusAnswer } from '../../domain/scans.js';
import { SCANNERS } from '../../domain/scans.js';
import { ClamdClient, type ClamdSettings } from '../clamd/clamd-client.js';
import { askRspamd, type RspamdEnvelope, type RspamdSettings } from '../rspamd/rspamd-client.js';
import { askSpamd, type SpamdSettings } from '../spamd/spamd-client.js';
import { ScannerBreaker, type BreakerSettings } from './scanner-breaker.js';

/** Where the scanners are; null for one that is not there. */
export interface ScannerSettings {
  clamd: ClamdSettings | null;
  rspamd: RspamdSettings | null;
  spamassassin: SpamdSettings | null;
}

interface Scanned {
  bytes: Buffer;
  session: RspamdEnvelope;
}

type Ask<Answer> = (message: Scanned, canceled: AbortSignal) => Promise<Answer>;

/** The scanners that are configured, each behind a breaker of its own. */
export interface Scanners {
  configured: Scanner[];
  clamd: Ask<VirusAnswer> | null;
  rspamd: Ask<SpamAnswer> | null;
  spamassassin: Ask<SpamAnswer> | null;
  close(): void;
}

export function configuredScanners(settings: ScannerSettings): Scanner[] {
  return SCANNERS.filter((scanner) => settings[scanner] !== null);
}

export function openScanners(settings: ScannerSettings, onChange: BreakerSettings['onChange']): Scanners {
  const { rspamd, spamassassin } = settings;
  const clamd = settings.clamd === null ? null : new ClamdClient(settings.clamd);
  const broken = <Answer>(scanner: Scanner, ask: Ask<Answer>) => {
    const breaker = new ScannerBreaker({ scanner, onChange });
    return (message: Scanned, canceled: AbortSignal) => breaker.ask(() => ask(message, canceled), canceled);
  };
  return {
    configured: configuredScanners(settings),
    clamd: clamd && broken('clamd', ({ bytes }, canceled) => clamd.scan(bytes, canceled)),
    rspamd: rspamd && broken('rspamd', ({ bytes, session }, canceled) => askRspamd(rspamd, bytes, session, canceled)),
    spamassassin:
      spamassassin && broken('spamassassin', ({ bytes }, canceled) => askSpamd(spamassassin, bytes, canceled)),
    close: () => clamd?.close(),
  };
}
