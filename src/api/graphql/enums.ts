import { registerEnumType } from '@nestjs/graphql';
import { AI_CAPABILITIES, AI_FAILURES, AI_PROVIDERS, DISCLOSURES } from '../../domain/ai.js';
import { LISTS, LIST_SUBJECTS } from '../../domain/address-list.js';
import { CORRECTION_KINDS } from '../../domain/correction.js';
import { DISPOSITIONS, WHEN_UNSCANNED } from '../../domain/disposition.js';
import { DKIM_KEY_STATUSES } from '../../domain/domains/dkim-key.js';
import { DNS_RECORD_PURPOSES, DNS_RECORD_STATUSES, DNS_RECORD_TYPES } from '../../domain/domains/dns-record.js';
import { RETURN_PATH_MODES } from '../../domain/domains/return-path.js';
import { SEVERITIES } from '../../domain/findings.js';
import { IMAP_START_FROM, IMAP_TLS_MODES } from '../../domain/imap-account.js';
import { IMAP_ACCOUNT_STATES } from '../../domain/imap-failure.js';
import { INDICATOR_KINDS } from '../../domain/indicators.js';
import { LANES } from '../../domain/lane.js';
import { MAIL_INTENTS } from '../../domain/mail-intent.js';
import { NEXT_HOP_PROTOCOLS, TLS_MODES } from '../../domain/next-hop.js';
import { ATTEMPT_OUTCOMES, ONWARD_KINDS, ONWARD_STATUSES } from '../../domain/onward.js';
import { DIRECTIONS, STEP_STATUSES } from '../../domain/pipeline.js';
import { DELIVERY_ROUTE_KINDS, ROUTE_TLS_MODES } from '../../domain/outgoing/delivery-route.js';
import { CIRCUIT_STATES } from '../../domain/outgoing/pace.js';
import { OUTGOING_RULE_ACTION_KINDS } from '../../domain/outgoing/outgoing-rules.js';
import { VERDICTS } from '../../domain/outgoing/outcomes.js';
import { SENDING_VERDICTS } from '../../domain/outgoing/sending-policy.js';
import { SMIME_CIPHERS } from '../../domain/outgoing/protection-policy.js';
import { UNCERTAIN_POLICIES } from '../../domain/outgoing/delivery-round.js';
import { SUPPRESSION_REASONS, SUPPRESSION_SCOPES } from '../../domain/outgoing/suppression.js';
import { RECIPIENT_STATUSES } from '../../domain/outgoing/recipient-status.js';
import { PROTECTION_CHOICES, STREAMS } from '../../domain/outgoing/send-options.js';
import { PROTECTION_KINDS } from '../../domain/protection.js';
import { KEY_SOURCES, KEY_TRUSTS } from '../../domain/recipient-key.js';
import { RULE_FIELDS, RULE_OPERATORS } from '../../domain/routing.js';
import { RULE_PHASES } from '../../domain/rule-variables.js';
import { RULE_ACTION_KINDS } from '../../domain/rules.js';
import { ENTITY_KINDS } from '../../domain/outcomes.js';
import { PARTIES } from '../../domain/requests.js';
import { SPAM_SCOPES } from '../../domain/spam-scope.js';
import { MESSAGE_STATUSES } from '../../domain/status.js';
import { LEFT_OUT_REASONS } from '../../domain/thread-answer.js';
import { SENTENCE_ROLES } from '../../domain/thread-summary.js';
import { MESSAGE_TRANSLATIONS } from '../../domain/translation/message-translation.js';
import { WEBHOOK_DELIVERY_STATUSES, WEBHOOK_DISABLED_REASONS, WEBHOOK_REPLAYS } from '../../domain/webhook.js';

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
  SCHEDULED: 'Outgoing: prepared; its time has not come, or it can still be undone.',
  SENDING: 'Outgoing: on its way to the servers of its recipients.',
  BOUNCED: 'Outgoing, final: none of its recipients got it.',
  PARTIAL: 'Outgoing, final: it ended differently for its recipients.',
});
export const RecipientStatusEnum = enumOf(
  RECIPIENT_STATUSES,
  'RecipientStatus',
  'Where an outgoing message is for one of its recipients.',
  {
    QUEUED: 'It waits for its first attempt.',
    HELD: 'It waits for a person: approve or cancel its message.',
    SCHEDULED: 'It waits for its time.',
    SENDING: 'An attempt is under way.',
    DEFERRED: 'An attempt did not succeed; it is tried again.',
    DELIVERED: 'Its server took it.',
    BOUNCED: 'Its server refused it for good, or did not take it for days.',
    UNCERTAIN: 'It may have arrived: the connection ended between the end of the data and the reply.',
    CANCELED: 'It was stopped before it left.',
  },
);
export const StreamEnum = enumOf(STREAMS, 'Stream', 'What kind of mail a sending is.', {
  TRANSACTIONAL: 'To those whom it concerns, each alone.',
  BULK: 'The same to many, who may unsubscribe.',
});
export const UncertainPolicyEnum = enumOf(
  UNCERTAIN_POLICIES,
  'UncertainPolicy',
  'What becomes of a delivery that may have arrived or not.',
  {
    RETRY_ONCE: 'It is tried once more: it may arrive twice.',
    ASK: 'It waits for a person: retryNow(doubted: true) or confirmDelivery.',
  },
);
export const SuppressionReasonEnum = enumOf(SUPPRESSION_REASONS, 'SuppressionReason', 'Why mail is kept back.', {
  HARD_BOUNCE: 'Its server says that there is no such address.',
  REPEATED_BOUNCES: 'Several messages in a row could not be delivered; it ends by itself.',
  COMPLAINT: 'Its owner called a message spam.',
  UNSUBSCRIBED: 'Its owner unsubscribed.',
  MANUAL: 'Somebody of the organization added it.',
});
export const SuppressionScopeEnum = enumOf(SUPPRESSION_SCOPES, 'SuppressionScope', 'Which mail is kept back.', {
  BULK: 'What goes to many.',
  ALL: 'All of it.',
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
export const LeftOutReasonEnum = enumOf(
  LEFT_OUT_REASONS,
  'LeftOutReason',
  'Why a message is not read for the summary of its thread.',
  {
    encrypted: 'It arrived encrypted.',
    tooLarge: 'It has more than 10 MB.',
    unreadable: 'It cannot be parsed.',
    promptInjection: 'It gives orders to models: none is shown it.',
    dangerous: 'It is spam, or has a critical finding: no model is shown it.',
    tooMany: 'Of a long thread a model is shown the first message and the newest.',
  },
);
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
export const KeySourceEnum = enumOf(KEY_SOURCES, 'RecipientKeySource', "Where a recipient's key comes from.", {
  UPLOADED: 'A person put it in.',
  RECEIVED: 'A mail of its owner brought it: a signature, an Autocrypt field, an attached key.',
  WKD: "The Web Key Directory of the address's domain gave it.",
});
export const KeyTrustEnum = enumOf(KEY_TRUSTS, 'RecipientKeyTrust', "How sure it is that a key is its address's.", {
  SEEN: 'A mail that its domain vouches for (DKIM or DMARC) brought it.',
  DOMAIN: 'The domain itself publishes it.',
  VERIFIED: 'A person put it in, or it chains to an authority that the organization trusts.',
});
export const ProtectionChoiceEnum = enumOf(
  PROTECTION_CHOICES,
  'ProtectionChoice',
  'How much protection is asked for.',
  {
    NEVER: 'None, unless a sending asks for it.',
    WHERE_POSSIBLE: 'Where there are keys for it; without, it leaves as it is.',
    REQUIRE: 'Without it nothing leaves: a message whose keys are missing or have expired is held.',
  },
);
export const SmimeCipherEnum = enumOf(SMIME_CIPHERS, 'SmimeCipher', 'What S/MIME is encrypted by.', {
  AUTO: 'AES-256-GCM where all certificates say that it is read, else AES-256-CBC.',
});
export const DkimKeyStatusEnum = enumOf(DKIM_KEY_STATUSES, 'DkimKeyStatus', 'Whether a DKIM key signs.', {
  PENDING: 'Not yet: its record was not seen in the DNS.',
  ACTIVE: 'It signs.',
  RETIRING: 'Not any more: its record must stay for mail that is still on its way.',
  RETIRED: 'Its private half is gone and its record may go.',
});
export const DnsRecordTypeEnum = enumOf(DNS_RECORD_TYPES, 'DnsRecordType', 'The type of a record in the DNS.');
export const DnsRecordPurposeEnum = enumOf(DNS_RECORD_PURPOSES, 'DnsRecordPurpose', 'What a record is for.', {
  DKIM: 'The public half of a key (RFC 6376).',
  SPF: 'Who may send for the domain (RFC 7208); what others send for it stays in it.',
  RETURN_PATH: 'That bounces come back here, and that SPF holds for their address.',
  DMARC: 'What receivers do with mail that fails both (RFC 7489).',
  MTA_STS: 'That others send to the domain encrypted or not at all (RFC 8461).',
  TLS_REPORTS: 'Where others report that they could not (RFC 8460).',
});
export const DnsRecordStatusEnum = enumOf(DNS_RECORD_STATUSES, 'DnsRecordStatus', 'How a record stands in the DNS.', {
  PUBLISHED: 'As it should.',
  DIFFERENT: 'Something else stands there; the problem says what to do.',
  MISSING: 'Nothing does.',
  UNKNOWN: 'It was not looked up yet, nobody could say, or what should stand there is not known here.',
});
export const ReturnPathModeEnum = enumOf(RETURN_PATH_MODES, 'ReturnPathMode', "How a message's return path is made.", {
  VERP: 'An address of its own for each recipient, `bounces+TOKEN@host`, so that bounces are matched.',
  AS_GIVEN: 'The sender that the client gave: bounces go there and are not matched by it.',
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
export const OutgoingRuleActionKindEnum = enumOf(
  OUTGOING_RULE_ACTION_KINDS,
  'OutgoingRuleActionKind',
  'What a rule for outgoing mail does.',
  {
    addFooter: 'Adds a text below its text and its HTML.',
    warnExternal: 'Where it goes outside: a mark before its subject, a notice above its text.',
    addHeader: 'Adds a header field.',
    retain: 'Gives it a retention tag; the first one counts.',
    requireApproval: 'It waits for a person.',
    refuse: 'It is refused, with a message for its sender.',
    limitRecipients: 'It has at most so many recipients.',
    forbidAttachments: 'It has no attachment of these kinds, nor an archive with one.',
    requireProtection: 'It is signed or encrypted, or waits.',
  },
);
export const OutgoingVerdictEnum = enumOf(VERDICTS, 'OutgoingVerdict', 'What a check of outgoing mail comes to.', {
  allow: 'It leaves.',
  modify: 'It leaves changed.',
  hold: 'It waits for a person.',
  refuse: 'It does not leave.',
});
export const SendingVerdictEnum = enumOf(SENDING_VERDICTS, 'SendingVerdict', 'What becomes of mail with a finding.', {
  ALLOW: 'It leaves; the finding is shown.',
  HOLD: 'It waits for a person.',
  REFUSE: 'It does not leave.',
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

export const WebhookDeliveryStatusEnum = enumOf(
  WEBHOOK_DELIVERY_STATUSES,
  'WebhookDeliveryStatus',
  'Where an event for a webhook is.',
  {
    PENDING: 'It waits: for its time, or for an earlier event of the same message.',
    DELIVERED: 'The endpoint took it.',
    FAILED: 'Given up after days: a dead letter, which can be sent again.',
  },
);
export const WebhookDisabledReasonEnum = enumOf(
  WEBHOOK_DISABLED_REASONS,
  'WebhookDisabledReason',
  'Why a webhook is disabled.',
  {
    PERSON: 'Somebody disabled it.',
    GONE: 'Its endpoint answered 410.',
    FAILING: 'Its endpoint failed for days (EVERPOST_WEBHOOK_DISABLE_AFTER).',
  },
);
export const WebhookReplayEnum = enumOf(WEBHOOK_REPLAYS, 'WebhookReplay', 'What is sent again.', {
  FAILED: 'Dead letters alone.',
  ALL: 'Every event that the webhook wants, as far as the feed goes back.',
});

export const DeliveryRouteKindEnum = enumOf(DELIVERY_ROUTE_KINDS, 'DeliveryRouteKind', 'Where mail goes by a route.', {
  DIRECT: 'To the mail servers of each destination (MX).',
  SMARTHOST: 'To one server, which passes it on.',
  POOL: 'By one of several other routes, chosen for each attempt by weight and health.',
});
export const RouteTlsEnum = enumOf(
  ROUTE_TLS_MODES,
  'RouteTls',
  'Whether the connection to a smart host is encrypted.',
  {
    NONE: 'Never.',
    OPPORTUNISTIC: 'By STARTTLS where it is offered; the certificate is not checked.',
    REQUIRED: 'By STARTTLS, with a certificate that is valid for its name; else nothing is sent.',
    IMPLICIT: 'From the first byte (RFC 8314), with a certificate that is valid for its name; usually port 465.',
  },
);
export const CircuitStateEnum = enumOf(
  CIRCUIT_STATES,
  'CircuitState',
  'Whether servers that did not answer are tried.',
  {
    OPEN: 'They are left alone for a while.',
    PROBING: 'One message at a time finds out whether they answer again.',
  },
);
