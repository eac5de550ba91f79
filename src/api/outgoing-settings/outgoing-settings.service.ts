import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../adapters/audit/audit.js';
import { Database } from '../../adapters/database/database.js';
import { changeOutgoingSettings, readOutgoingSettings } from '../../adapters/outgoing/outgoing-store.js';
import type { Json } from '../../domain/json.js';
import type { OutgoingSettings } from '../../domain/outgoing/outgoing-settings.js';
import { outgoingSettingsProblems } from '../../domain/outgoing/outgoing-settings-problems.js';
import type { Caller } from '../graphql/caller.js';
import { wrongInput } from '../graphql/errors.js';
import { TrackingAccess } from '../tracking/tracking-access.js';
import type { OutgoingSettingsInput } from './outgoing-settings.types.js';

/** Null says something of these. */
const NULLABLE: readonly string[] = ['delayWarningHours', 'quietHours'];

@Injectable()
export class OutgoingSettingsService {
  constructor(
    private readonly database: Database,
    private readonly access: TrackingAccess,
  ) {}

  async read(organizationId: string): Promise<OutgoingSettings> {
    const { settings } = await this.database.withOrganization(organizationId, (sql) => readOutgoingSettings(sql, null));
    return settings;
  }

  /** @throws ApiError BAD_USER_INPUT with every wrong field */
  async update(caller: Caller, input: OutgoingSettingsInput): Promise<OutgoingSettings> {
    const given = Object.entries(input).filter(
      ([name, value]) => value != null || (value === null && NULLABLE.includes(name)),
    );
    const change = Object.fromEntries(given) as Partial<OutgoingSettings>;
    const linkable = this.access.publicUrl !== null && this.access.tokens !== null;
    const problems = outgoingSettingsProblems(change, linkable);
    if (problems.length > 0) throw wrongInput(problems);
    return this.database.withOrganization(caller.organizationId, async (sql) => {
      const { settings: before } = await readOutgoingSettings(sql, null);
      const after = { ...before, ...change };
      await changeOutgoingSettings(sql, change);
      await recordAudit(sql, {
        organizationId: caller.organizationId,
        actor: `token ${caller.viewer.name}`,
        address: caller.clientAddress,
        action: 'outgoingSettings.update',
        objectKind: 'outgoingSettings',
        objectId: caller.organizationId,
        before: { ...before } as unknown as Json,
        after: { ...after } as unknown as Json,
      });
      return after;
    });
  }
}
