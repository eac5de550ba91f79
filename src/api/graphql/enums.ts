import { registerEnumType } from '@nestjs/graphql';
import { AI_CAPABILITIES, AI_FAILURES, AI_PROVIDERS, DISCLOSURES } from '../../domain/ai.js';
import { LISTS, LIST_SUBJECTS } from '../../domain/address-list.js';
import { CORRECTION_KINDS } from '../../domain/correction.js';
import { DISPOSITIONS, WHEN_UNSCANNED } from '../../domain/disposition.js';
import { SEVERITIES } from '../../domain/findings.js';
import { IMAP_START_FROM, IMAP_TLS_MODES } from '../../domain/imap-account.js';
import { IMAP_ACCOUNT_STATES } from '../../domain/imap-failure.js';
import { INDICATOR_KINDS } from '../../domain/indicators.js';
import { LANES } from '../../domain/lane.js';
import { MAIL_INTENTS } from '../../domain/mail-intent.js';
import { NEXT_HOP_PROTOCOLS, TLS_MODES } from '../../domain/next-hop.js';
import { ATTEMPT_OUTCOMES, ONWARD_KINDS, ONWARD_STATUSES } from '../../domain/onward.js';
import { DIRECTIONS, STEP_STATUSES } from '../../domain/pipeline.js';
import { PROTECTION_KINDS } from '../../domain/protection.js';
import { RULE_FIELDS, RULE_OPERATORS } from '../../domain/routing.js';
import { RULE_PHASES } from '../../domain/rule-variables.js';
import { RULE_ACTION_KINDS } from '../../domain/rules.js';
import { ENTITY_KINDS } from '../../domain/outcomes.js';
import { PARTIES } from '../../domain/requests.js';
import { SPAM_SCOPES } from '../../domain/spam-scope.js';
import { MESSAGE_STATUSES } from '../../domain/status.js';
import { SENTENCE_ROLES } from '../../domain/thread-summary.js';
import { MESSAGE_TRANSLATIONS } from '../../domain/translation/message-translation.js';

/** An enumeration whose names are its values, as the domain writes them. */
function enumOf<Value extends string>(
  values: readonly Value[],
  name: string,
  description: string,
  explained: Partial<Record<Value, string>> = {},
): Record<Value, Value> {
  const members = Object.fromEntries(values.map((value) => [value, value])) as Record<Value, Value>;
  const valuesMap = Object.fromEntries(
    Object.entries<string | undefined>(explained).map(([value, text]) => [value, { description: text }]),
  ) as Partial<Record<Value, { description: string }>>;
  registerEnumType(members, { name, description, valuesMap });
  return members;
}

export const MessageStatusEnum = enumOf(MESSAGE_STATUSES, 'MessageStatus', 'Where a message, or one of its runs, is.', {
  RECEIVED: 'Committed; its run waits to be started.',
  PROCESSING: 'Its steps are being done.',
  PAUSED: 'A person paused it.',
  HELD: 'It waits for a decision: release or reject it.',
  DELIVERED: 'Final: it went to its mailboxes.',
  QUARANTINED: 'Final until somebody releases or rejects it.',
  REJECTED: 'Final: kept, not delivered, and nothing is sent to its sender.',
  FAILED: 'Final: it could not be processed; reprocess tries again.',
  CANCELED: 'Final: a person canceled it.',
});
export const DirectionEnum = enumOf(DIRECTIONS, 'Direction', 'Which way a message goes, seen from the organization.');
export const DispositionEnum = enumOf(DISPOSITIONS, 'Disposition', 'What is decided for a message.');
export const WhenUnscannedEnum = enumOf(
  WHEN_UNSCANNED,
  'WhenUnscanned',
  'What becomes of a message that the virus scanner did not answer for.',
  { pass: 'It goes on, marked: a finding says so.', hold: 'It waits for a person.' },
);
export const SeverityEnum = enumOf(SEVERITIES, 'Severity', 'How grave a finding is.');
export const LaneEnum = enumOf(LANES, 'Lane', 'Who waits for a run: a person, nobody in particular, nobody at all.');
export const StepStatusEnum = enumOf(STEP_STATUSES, 'StepStatus', 'How a step stands or ended.', {
  DEGRADED: 'A fallback answered.',
  UNAVAILABLE: 'No provider is configured for it; the outcome says which.',
  FAILED: 'It told nothing; the error says why. The run goes on without it.',
});
export const PartyEnum = enumOf(PARTIES, 'Party', 'Who is to act.', {
  reader: 'Whoever the mail is addressed to.',
  writer: 'Its author.',
  person: 'Somebody else whom it names.',
  anyone: 'Whoever can.',
});
export const SentenceRoleEnum = enumOf(SENTENCE_ROLES, 'SentenceRole', 'What a sentence does in its thread.');
export const RuleFieldEnum = enumOf(RULE_FIELDS, 'RuleField', 'What a rule looks at.', {
  from: 'Address of the From field.',
  type: 'What contentAnalysis takes it for: question, invoice, newsletter, ...',
  priority: 'low, normal, high or urgent.',
  language: 'ISO 639-1, or unknown.',
});
export const RuleOperatorEnum = enumOf(
  RULE_OPERATORS,
  'RuleOperator',
  'How a rule compares; letter case never counts.',
);
export const IndicatorKindEnum = enumOf(INDICATOR_KINDS, 'IndicatorKind', 'What an indicator names.', {
  url: 'A web address; one with a query names that alone.',
  domain: 'A host and everything below it.',
  ip: 'An address of a machine.',
  address: 'A mail address.',
  hash: 'The SHA-256 of a file.',
});
export const MailKeyKindEnum = enumOf(PROTECTION_KINDS, 'MailKeyKind', 'What a key protects mail by.', {
  smime: 'S/MIME (RFC 8551): a certificate.',
  openpgp: 'OpenPGP (RFC 9580).',
});
export const RuleActionKindEnum = enumOf(RULE_ACTION_KINDS, 'RuleActionKind', 'What a disposition rule does.', {
  deliver: 'Decides: it is delivered.',
  quarantine: 'Decides: it is kept in the quarantine.',
  reject: 'Decides: it is refused, during the SMTP session where the rule is known by then; else kept, not delivered.',
  hold: 'Decides: it waits for a person.',
  forward: 'Where it is delivered: it goes to other addresses.',
  redirect: 'Where it is delivered: it goes into another mailbox.',
  label: 'Whatever is decided: it gets labels.',
  notify: 'Whatever is decided: people are told.',
});
export const RulePhaseEnum = enumOf(RULE_PHASES, 'RulePhase', 'From when on something is known of a message.', {
  rcpt: 'At RCPT TO: the session, the sender and the recipient.',
  data: 'At the end of DATA: the header section and the size too.',
  run: 'After its analysis: everything.',
});
export const RuleResultEnum = enumOf(
  ['match', 'noMatch', 'failed', 'notAsked'],
  'RuleResult',
  'What became of a rule in a dry run.',
  { failed: 'Its expression could not be computed for this message; it counts as one that does not hold.' },
);
export const ImapTlsModeEnum = enumOf(IMAP_TLS_MODES, 'ImapTlsMode', 'How a connection to an IMAP server is secured.', {
  implicit: 'TLS from the first byte (RFC 8314), usually port 993.',
  starttls: 'STARTTLS, which the server must offer; usually port 143.',
  none: 'Not at all; for the loopback interface alone.',
});
export const ImapStartFromEnum = enumOf(
  IMAP_START_FROM,
  'ImapStartFrom',
  'What an IMAP account takes at its beginning.',
  {
    ALL: 'Everything that its folders hold.',
    NEW: 'What arrives from then on.',
  },
);
export const ImapAccountStateEnum = enumOf(
  IMAP_ACCOUNT_STATES,
  'ImapAccountState',
  'Where the synchronisation of an IMAP account is.',
  {
    NEW: 'An intake process takes it up within about two seconds; or it is paused.',
    CONNECTING: 'Signing in.',
    SYNCING: 'Messages wait on the server and are being taken.',
    WATCHING: 'Up to date; the server tells of what arrives.',
    RETRYING: 'The connection failed; it is tried again by itself.',
    AUTHENTICATION_FAILED: 'The server refused the credentials; it is not tried again until they are changed.',
    NEEDS_AUTHORIZATION: 'OAuth 2.0 consent is gone; it is not tried again until there is a new refresh token.',
    MISCONFIGURED: 'Something must be put right; it is tried every half hour.',
  },
);
export const OnwardStatusEnum = enumOf(ONWARD_STATUSES, 'OnwardStatus', 'Where a message is on its way onward.', {
  PENDING: 'Queued; its first attempt is due.',
  SENDING: 'An attempt is under way.',
  DEFERRED: 'Not taken for now; it is tried again.',
  DELIVERED: 'Final: the next server has taken it.',
  FAILED: 'Final until somebody retries it: refused for good, or given up. Nothing is sent to its sender.',
  UNCERTAIN: 'It may have been taken: confirm it or retry it. It is never sent twice by itself.',
  CANCELED: 'Given up by a person, or its domain has no next hop any more.',
});
export const OnwardKindEnum = enumOf(ONWARD_KINDS, 'OnwardKind', 'Why a message goes onward.', {
  nextHop: 'To the mail server behind its domain.',
  forward: 'Where a rule forwards it.',
});
export const AttemptOutcomeEnum = enumOf(ATTEMPT_OUTCOMES, 'AttemptOutcome', 'How one attempt ended.', {
  DELIVERED: 'The server has taken it.',
  DEFERRED: 'The server did not answer, or asked to try later.',
  FAILED: 'The server refused it for good.',
  UNCERTAIN: 'All was sent and no reply came.',
});
export const NextHopProtocolEnum = enumOf(NEXT_HOP_PROTOCOLS, 'NextHopProtocol', 'What a next hop speaks.', {
  LMTP: 'RFC 2033: an answer for each recipient.',
  SMTP: 'RFC 5321.',
});
export const TlsModeEnum = enumOf(TLS_MODES, 'TlsMode', 'Whether a connection is encrypted.', {
  NONE: 'Never.',
  OPPORTUNISTIC: 'By STARTTLS where the server offers it; its certificate is not checked.',
  REQUIRED: 'By STARTTLS, with a certificate that is valid for its name; else nothing is sent.',
});
export const AddressListEnum = enumOf(LISTS, 'AddressList', 'A list of who may write.', {
  allow: 'Let in past block lists and greylisting.',
  deny: 'Refused with 550 5.7.1.',
});
export const ListSubjectEnum = enumOf(LIST_SUBJECTS, 'AddressListSubject', 'What a pattern of a list names.', {
  sender: 'The envelope’s sender.',
  recipient: 'A recipient here.',
  client: 'The address or network of the client that delivers.',
});
export const BlockListActionEnum = enumOf(['reject', 'mark'] as const, 'BlockListAction', 'What a block list does.', {
  reject: 'The recipient is refused with 550 5.7.1.',
  mark: 'The message gets a finding and a higher spam score.',
});
export const SpamScopeEnum = enumOf(
  SPAM_SCOPES,
  'SpamScope',
  'Whose mail a correction of the spam filter counts for.',
  {
    ORGANIZATION: 'All mail of the organization.',
    MAILBOX: 'The mail of one mailbox alone.',
  },
);
export const AssignmentStatusEnum = enumOf(['OPEN', 'DONE'] as const, 'AssignmentStatus', 'How far who has it is.', {
  OPEN: 'It counts as their load.',
  DONE: 'It needs nothing more.',
});
export const CorrectionKindEnum = enumOf(
  CORRECTION_KINDS,
  'CorrectionKind',
  'Which answer of a message is corrected.',
  {
    TYPE: 'What it is called: a name of typeLabels.',
    PRIORITY: 'low, normal, high or urgent.',
    ROUTING: 'The mailbox that it belongs to: an id.',
    SPAM: 'spam or ham.',
    ACTION: 'A suggestion: accepted or dismissed.',
  },
);
export const AnswerSourceEnum = enumOf(
  ['rules', 'words', 'organization', 'mailbox'] as const,
  'AnswerSource',
  'Where an answer comes from.',
  {
    rules: 'The engines that ship.',
    words: 'Words that the organization gave a label.',
    organization: 'Corrections that count for all mail of the organization.',
    mailbox: 'Corrections that count for the mailbox.',
  },
);

export const AiCapabilityEnum = enumOf(AI_CAPABILITIES, 'AiCapability', 'What can be asked of a provider.');
export const AiScopeEnum = enumOf(['all', ...AI_CAPABILITIES] as const, 'AiScope', 'What a choice goes for.', {
  all: 'Every capability that has no choice of its own.',
});
export const AiProviderEnum = enumOf(
  AI_PROVIDERS.filter((name) => name !== 'embedded'),
  'AiProvider',
  'Who can be asked beside the embedded engines.',
  { openai: 'Any server that speaks the API of OpenAI, too.' },
);
export const AiOwnerEnum = enumOf(['operator', 'organization'] as const, 'AiOwner', 'Whose provider and key it is.');
export const AiFailureEnum = enumOf(AI_FAILURES, 'AiFailure', 'Why a provider gave no answer that could be used.', {
  circuitOpen: 'It failed several times in a row and is left alone for a while.',
  nonsense: 'It answered what cannot be read.',
  notAllowed: 'Its address or key may not be used.',
});
export const MessageTranslationStatusEnum = enumOf(
  MESSAGE_TRANSLATIONS,
  'MessageTranslationStatus',
  'What became of the wish to read a message in a language.',
  {
    partly: 'Some paragraphs stay as they were: each says why.',
    sameLanguage: 'It is in that language already.',
    unknownLanguage: 'Nobody knows which language it is in: say it.',
    noText: 'It has no text of its own.',
    notProcessed: 'Its run has not read it yet.',
    noProvider: 'No provider is configured for translations, or it may not be shown the mail.',
    noPair: 'The provider does not translate between these languages.',
    failed: 'The provider failed; asking again may help.',
    underWay: 'It takes longer than a request may: ask again for it.',
  },
);
export const ParagraphStatusEnum = enumOf(
  ['translated', 'kept', 'failed'] as const,
  'ParagraphStatus',
  'Whether a paragraph is translated.',
  { kept: 'There is nothing to translate in it: quoted, numbers and links alone.', failed: 'It stays as it was.' },
);
export const TranslationQualityEnum = enumOf(
  ['fluent', 'gist'] as const,
  'TranslationQuality',
  'What to expect of a translation.',
  { gist: 'Readable, not to be relied on.' },
);
export const DisclosureEnum = enumOf(DISCLOSURES, 'Disclosure', 'What of a mail may leave the machine.', {
  redacted: 'Its text, with secrets, card and account numbers replaced by marks.',
});

export const MailIntentEnum = enumOf(MAIL_INTENTS, 'MailIntent', 'What a mail is there to do.');

export const EntityKindEnum = enumOf(ENTITY_KINDS, 'EntityKind', 'What an entity is.', {
  identifier: 'A number or code of an order, parcel, ticket, invoice, account, flight, document.',
  dateTime: 'A point, period or recurrence, reckoned from the date and zone of the message.',
});
