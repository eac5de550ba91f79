import { Field, InputType, Int } from '@nestjs/graphql';
import type { ImapStartFrom, ImapTlsMode } from '../../domain/imap-account.js';
import type { ImapActions } from '../../domain/imap-actions.js';
import { ImapStartFromEnum, ImapTlsModeEnum } from '../graphql/enums.js';

@InputType({ description: 'What the mail server is told of a message.' })
export class ImapActionInput {
  @Field(() => String, { nullable: true, description: 'Folder that it is moved to; made where it does not exist.' })
  moveTo?: string | null;

  @Field(() => String, { nullable: true, description: 'Keyword, or Gmail label, that it gets: `$Quarantined`.' })
  keyword?: string | null;
}

@InputType({ description: 'What the mail server is told, by what became of a message; nothing where left out.' })
export class ImapActionsInput {
  @Field(() => ImapActionInput, {
    nullable: true,
    description: 'A released message also goes back to the folder that it came from.',
  })
  delivered?: ImapActionInput | null;

  @Field(() => ImapActionInput, { nullable: true, description: 'For a quarantined one.' })
  quarantined?: ImapActionInput | null;

  @Field(() => ImapActionInput, { nullable: true, description: 'For a rejected one.' })
  rejected?: ImapActionInput | null;

  @Field(() => ImapActionInput, { nullable: true, description: 'For one that waits for a decision.' })
  held?: ImapActionInput | null;
}

@InputType({ description: 'How Everpost signs in by OAuth 2.0 (XOAUTH2, OAUTHBEARER). Sealed, never returned.' })
export class ImapOAuth2Input {
  @Field(() => String, { description: 'Of the client that was registered with the provider.' })
  clientId!: string;

  @Field(() => String, { nullable: true, description: 'Left out for a public client.' })
  clientSecret?: string | null;

  @Field(() => String, { description: 'From the consent of the mailbox owner; a rotated one replaces it.' })
  refreshToken!: string;

  @Field(() => String, { description: 'Token endpoint (RFC 6749 3.2): `https://oauth2.googleapis.com/token`.' })
  tokenUrl!: string;

  @Field(() => String, { nullable: true, description: 'Asked for with each token where the provider wants it.' })
  scope?: string | null;
}

@InputType({ description: 'A mailbox on another server whose mail is taken over IMAP.' })
export class CreateImapAccountInput {
  @Field(() => String, { description: 'At most 200 characters.' })
  name!: string;

  @Field(() => String, { description: 'Name of the server, as its certificate has it.' })
  host!: string;

  @Field(() => Int, { nullable: true, description: '993 for implicit TLS, else 143, where left out.' })
  port?: number | null;

  @Field(() => ImapTlsModeEnum, { nullable: true, description: 'implicit where left out.' })
  tls?: ImapTlsMode | null;

  @Field(() => String, { description: 'Login name.' })
  user!: string;

  @Field(() => String, { nullable: true, description: 'This or oauth2. Sealed, never returned.' })
  password?: string | null;

  @Field(() => ImapOAuth2Input, { nullable: true, description: 'This or password.' })
  oauth2?: ImapOAuth2Input | null;

  @Field(() => String, { description: 'The address that the mail is for; a mailbox of the organization receives it.' })
  recipient!: string;

  @Field(() => [String], { nullable: true, description: '1 to 50; INBOX where left out. IDLE watches the first ones.' })
  folders?: string[] | null;

  @Field(() => ImapStartFromEnum, { nullable: true, description: 'NEW where left out; it stays as it is made.' })
  startFrom?: ImapStartFrom | null;

  @Field(() => ImapActionsInput, { nullable: true, description: 'None where left out.' })
  actions?: ImapActionsInput | null;
}

@InputType({ description: 'What shall change; what is left out stays. A new server or user needs its secret anew.' })
export class UpdateImapAccountInput {
  @Field(() => String, { nullable: true, description: 'At most 200 characters.' })
  name?: string;

  @Field(() => String, { nullable: true, description: 'Name of the server.' })
  host?: string;

  @Field(() => Int, { nullable: true, description: 'Its port.' })
  port?: number | null;

  @Field(() => ImapTlsModeEnum, { nullable: true, description: 'How the connection is secured.' })
  tls?: ImapTlsMode | null;

  @Field(() => String, { nullable: true, description: 'Login name.' })
  user?: string;

  @Field(() => String, { nullable: true, description: 'Replaces the password, or OAuth 2.0.' })
  password?: string | null;

  @Field(() => ImapOAuth2Input, { nullable: true, description: 'Replaces what it signed in with.' })
  oauth2?: ImapOAuth2Input | null;

  @Field(() => String, { nullable: true, description: 'The address that the mail is for.' })
  recipient?: string;

  @Field(() => [String], { nullable: true, description: 'All that are watched from now on.' })
  folders?: string[] | null;

  @Field(() => ImapActionsInput, { nullable: true, description: 'All actions from now on.' })
  actions?: ImapActionsInput | null;
}

/** The domain's form of actions: by status, those that do something. */
export function actionsOf(input: ImapActionsInput): ImapActions {
  const entries = [
    ['DELIVERED', input.delivered],
    ['QUARANTINED', input.quarantined],
    ['REJECTED', input.rejected],
    ['HELD', input.held],
  ] as const;
  return Object.fromEntries(
    entries.flatMap(([status, action]) => {
      const moveTo = action?.moveTo ?? null;
      const keyword = action?.keyword ?? null;
      return moveTo === null && keyword === null ? [] : [[status, { moveTo, keyword }]];
    }),
  );
}
