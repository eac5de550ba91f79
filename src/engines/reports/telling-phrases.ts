import type { BounceReason } from '../../domain/bounce.js';

/**
 * Phrases that leave no doubt, tried before the broader rules of reason-rules.ts: the standard wordings of Postfix,
 * Sendmail, Exim, qmail, Exchange and the large providers. Lower case, white space collapsed, addresses as `<>`.
 */
export const TELLING_PHRASES: readonly (readonly [BounceReason, RegExp])[] = [
  ['mailerError', /operating system error/],
  ['securityError', /unauthenticated senders?|authentication (?:is )?required|must authenticate/],
  ['networkError', /host not found, try again/],
  ['expired', /still undelivered after/],
  ['hostUnknown', /(?:^|[ \d])[a-z0-9-]+(?:\.[a-z0-9-]+)+ does(?:n't| not) exist/],
  ['userUnknown', /\b54\d <> rejected/],
  [
    'mailerError',
    /procmail|pipe to \||\bx-unix\b|(?:unknown )?mailer error|command died|exec .{0,80}(?:exit|fail)|generated during the delivery attempt/,
  ],
  [
    'systemError',
    /internal (?:system|server) error|system error|ldap server|service currently unavailable|system config error/,
  ],
  [
    'spamDetected',
    /uribl|surbl|blacklisted (?:url|link|domain) in|message content rejected|considered (?:unsolicited|spam)|(?:- |is |as )spam\b|mail rejet[ée]/,
  ],
  ['contentError', /headers? too (?:large|long|big)|\b5\.6\.\d\b/],
  ['authFailure', /does not have authentication information|fails to pass authentication/],
  ['hasMoved', /\b551[ -]/],
  [
    'filtered',
    /recipients? (?:was|were) rejected by a remote|due to recipient preferences|(?:e-?mail|recipient) preferences/,
  ],
  ['rejected', /purported responsible address|unrout\w* sender|sender was rejected/],
  ['notAccept', /indicated no smtp service|couldn't find a mail exchanger or ip/],
  [
    'expired',
    /did not accept our requests to connect|delivery failed \d+ attempts|aborted after [\d.]+ hour|will be retried for/,
  ],
  [
    'rejected',
    /sender (?:address )?(?:is )?(?:rejected|denied|refused|not allowed)|sender verif|groups\.google\.com|is not a (?:registered gateway|list) (?:user|member)/,
  ],
  [
    'authFailure',
    /\bdmarc\b|\bspf\b.{0,40}(?:fail|check|record|not|den)|\bdkim\b.{0,30}(?:fail|invalid|did not|not pass|required)|unauthenticated (?:e-?)?mail from|\b5\.7\.26\b/,
  ],
  [
    'mailboxFull',
    /mail ?box (?:is |was )?(?:currently )?full|over ?quota|over (?:the |its |their )?(?:storage )?quota|quota exceeded|quota is full|exceed\w* (?:the |its |his |their )?(?:mail ?box |disk |storage )?quota|(?:not enough|insufficient|no more) (?:disk |storage |free )?space|out of storage|mailbox (?:size )?limit exceeded|\b[245]\.2\.2\b/,
  ],
  ['exceedLimit', /exceeds administrative limit|\b5\.2\.3\b/],
  [
    'notCompliantRfc',
    /duplicate header|multiple .{0,40}addresses in from|\brfc ?[25]?[38]\d\d\b.{0,20}(?:complian|violat|section)|(?:missing|no) (?:valid )?(?:from|date|message-id) header|not rfc.{0,10}complian/,
  ],
  [
    'networkError',
    /network error on|host ?name lookup failure|name server: .{0,60}(?:lookup failure|timed out)|mail for .{0,60} loops back|too many hops|hop count exceeded|routing loop|mail loop/,
  ],
  ['notAccept', /null ?-?mx|does not accept (?:e-?)?mail(?! from)/],
  [
    'requirePtr',
    /reverse dns|\bptr record|cannot find your (?:reverse )?hostname|mismatches client ip|without a (?:valid )?reverse/,
  ],
  [
    'noRelaying',
    /relay(?:ing)? (?:access )?(?:is )?(?:denied|not (?:permitted|allowed)|prohibited)|insecure mail relay|unable to relay/,
  ],
  [
    'messageTooBig',
    /message (?:is )?too (?:big|large)|message size exceeds (?:fixed|maximum|the)|mail size limit exceeded|\b5\.3\.4\b/,
  ],
  [
    'rateLimited',
    /connection rate limit|too many (?:concurrent |simultaneous )?(?:smtp )?(?:connections|sessions)|frequency limited/,
  ],
  [
    'suspended',
    /account (?:that you tried to reach )?(?:is |has been |was )?(?:currently )?(?:disabled|locked|suspended|inactive|deactivated|closed)|\(s\) account is disabled|disabled recipient|mailbox (?:is )?(?:disabled|inactive|suspended)|(?:user|recipient) (?:is )?(?:disabled|suspended|inactive)|\b525\b/,
  ],
  ['hasMoved', /user has moved|has moved to|\b5\.1\.6\b/],
  [
    'userUnknown',
    /user[ _]unknown|unknown user|no such (?:user|mail ?box|recipient|address|person|account)|user (?:does(?:n't| not)|not) exist|user (?:is )?(?:not found|unknown)|unknown (?:recipient|local[ -]?part|or illegal (?:user|alias))|recipient (?:name is not recognized|unknown|not found|does(?:n't| not) exist)|recipient address rejected: access denied|recipient address does not exist|(?:mail ?box|address) (?:not found|does(?:n't| not) exist|unknown|is invalid|couldn't be found)|invalid (?:recipient|mail ?box|user)|not listed in domino|(?:user|address) .{0,40}not listed in|doesn't have an? .{0,60}account|addressee unknown|destinataire (?:invalide|inconnu)|no mail ?box here|\[?#?5\.1\.1\b/,
  ],
  [
    'hostUnknown',
    /host unknown|unknown host|no such (?:host|domain)|domain (?:name )?(?:does(?:n't| not) exist|not found|is not reachable)|host .{0,80} not found|unrouteable (?:mail )?(?:address|domain)|nxdomain|bad destination (?:system|host)|\b5\.1\.2\b/,
  ],
  [
    'expired',
    /envelope expired|retry timeout exceeded|delivery time expired|connection timed out|timed out|cannot send message for|could not be delivered for|in the queue too long/,
  ],
  ['mailerError', /pipe to \||\bx-unix\b|unknown mailer error|command died|generated during the delivery attempt/],
  ['spamDetected', /mail rejet[ée]/],
];
