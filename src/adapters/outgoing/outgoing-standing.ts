import type { Database } from '../database/database.js';
import { hasBegun, lockOutgoing, readDestinations, readOutgoing, readStanding } from './outgoing-facts.js';
import {
  abandonOutgoing,
  cancelRecipients,
  holdRecipients,
  readOutgoingSettings,
  noteRoutes,
  delayRecipients,
  storePrepared,
  type PreparedMail,
} from './outgoing-store.js';
import type { RunJournal } from '../runs/journal.js';
import type { OutgoingMessageInput } from '../../domain/outgoing/outgoing-input.js';
import type { Look } from '../../domain/outgoing/outgoing-run.js';
import { approversOf, nextReminder } from '../../domain/outgoing/outgoing-settings.js';
import type { RecipientCounts } from '../../domain/outgoing/recipient-status.js';

/** How an outgoing message stands, read from its rows and shown in its run. */
export class OutgoingStanding {
  constructor(
    readonly database: Database,
    readonly journal: RunJournal,
    readonly now: () => Date,
  ) {}

  /**
   * What it waits for; the run shows it.
   *
   * @param planned whether optimization is over
   */
  async look(run: OutgoingMessageInput, planned: boolean): Promise<Look> {
    const { organizationId, messageId } = run;
    const look = await this.database.withOrganization(organizationId, async (sql): Promise<Look> => {
      const [facts, { counts, nextAttemptAt }] = await Promise.all([
        readOutgoing(sql, messageId),
        readStanding(sql, messageId, null),
      ]);
      // What was canceled is not over while something of it is under way, or in doubt.
      if (facts === null || nothingLeft(counts)) return { state: 'over', inMs: null, destinations: [] };
      if (facts.heldAt !== null) {
        const { settings, reminders } = await readOutgoingSettings(sql, messageId);
        const { at } = nextReminder(settings, reminders, Date.parse(facts.heldAt));
        return { state: 'held', inMs: Math.max(0, at - this.now().getTime()), destinations: [] };
      }
      const times = [facts.undoUntil, facts.sendAt].flatMap((time) => (time === null ? [] : [Date.parse(time)]));
      const earliest = Math.max(...times, nextAttemptAt?.getTime() ?? 0);
      const inMs = earliest - this.now().getTime();
      if (inMs > 0) return { state: 'waits', inMs, destinations: [] };
      return { state: 'due', inMs: null, destinations: run.bulk ? [] : await readDestinations(sql, messageId) };
    });
    const shown = look.state === 'held' ? 'HELD' : look.state === 'waits' ? 'SCHEDULED' : 'SENDING';
    // Whether it has to wait for its time is said when all is planned.
    if (look.state !== 'over' && (planned || look.state === 'held'))
      await this.journal.write({ run, waits: shown, durable: false });
    return look;
  }

  /**
   * Keeps what leaves, and puts its recipients aside where a person must see it first. A workflow that Temporal lost
   * begins anew: what was let go is not held again, and what some have got already is not made anew for the others.
   *
   * @returns whether it was put aside
   */
  keepPrepared(run: OutgoingMessageInput, prepared: PreparedMail | null, held: string | null): Promise<boolean> {
    return this.database.withOrganization(run.organizationId, async (sql) => {
      const facts = await lockOutgoing(sql, run.messageId);
      const known = facts !== null && facts.preparedSha256 !== null;
      if (prepared !== null && !(known && (await hasBegun(sql, run.messageId))))
        await storePrepared(sql, run, prepared);
      if (held === null || (known && facts.approvedBy !== null)) return false;
      await holdRecipients(sql, run.messageId, held);
      return true;
    });
  }

  refuse(run: OutgoingMessageInput, reason: string): Promise<void> {
    return this.database.withOrganization(run.organizationId, async (sql) => {
      await cancelRecipients(sql, run.messageId, reason);
    });
  }

  /**
   * Gives its recipients their time and the routes that optimization chose. What a person changed since then stands.
   *
   * @param earliest what optimization adds to the times that people chose
   */
  plan(
    run: OutgoingMessageInput,
    earliest: string | null,
    routes: readonly { destination: string; route: string }[],
  ): Promise<void> {
    return this.database.withOrganization(run.organizationId, async (sql) => {
      const facts = await lockOutgoing(sql, run.messageId);
      const times = [facts?.sendAt, facts?.undoUntil, earliest].flatMap((time) => (time ? [Date.parse(time)] : []));
      const at = Math.max(0, ...times);
      if (at > this.now().getTime()) await delayRecipients(sql, run.messageId, new Date(at));
      await noteRoutes(sql, run.messageId, routes);
    });
  }

  counts({ organizationId, messageId }: OutgoingMessageInput): Promise<RecipientCounts> {
    return this.database.withOrganization(organizationId, async (sql) => {
      const { counts } = await readStanding(sql, messageId, null);
      return counts;
    });
  }

  abandon({ organizationId, messageId }: OutgoingMessageInput, reason: string): Promise<void> {
    return this.database.withOrganization(organizationId, (sql) => abandonOutgoing(sql, messageId, reason));
  }

  /** Tells people that a message waits for one of them, and after long those besides. */
  async remind(run: OutgoingMessageInput): Promise<void> {
    const { organizationId, messageId } = run;
    const found = await this.database.withOrganization(organizationId, async (sql) => {
      const facts = await readOutgoing(sql, messageId);
      return facts === null || facts.heldAt === null
        ? null
        : { facts, heldAt: facts.heldAt, ...(await readOutgoingSettings(sql, messageId)) };
    });
    if (found === null) return;
    const { settings, reminders, facts, heldAt } = found;
    const { at, escalates } = nextReminder(settings, reminders, Date.parse(heldAt));
    if (at > this.now().getTime()) return;
    const to = [...approversOf(settings, facts.mailFrom), ...(escalates ? settings.escalateTo : [])];
    const text = `A message from ${facts.mailFrom || 'the system'} has waited for approval since ${heldAt}: ${facts.heldBecause ?? ''}`;
    await this.journal.write({
      run,
      effects: [...new Set(to)].map((recipient) => ({
        kind: 'notification' as const,
        target: `approval ${reminders + 1} ${recipient}`,
        notification: { kind: escalates ? 'approvalEscalated' : 'approvalReminder', recipient, text },
      })),
      durable: true,
    });
  }
}

function nothingLeft(counts: RecipientCounts): boolean {
  const { QUEUED = 0, HELD = 0, SCHEDULED = 0, SENDING = 0, DEFERRED = 0, UNCERTAIN = 0 } = counts;
  return QUEUED + HELD + SCHEDULED + SENDING + DEFERRED + UNCERTAIN === 0;
}
