import type { BounceReason } from '../../domain/bounce.js';

/**
 * Words of mail servers by what they mean, the most telling first: the first rule that matches decides. Texts are
 * matched in lower case, white space collapsed. Collected from the documentation and sources of mail servers and the
 * error pages of large providers.
 */
export const REASON_RULES: readonly (readonly [BounceReason, readonly RegExp[]])[] = [
  [
    'virusDetected',
    [
      /\bvirus(?:es)?\b.{0,30}(?:detected|found|infected|rejected|positive)|(?:contains?|infected (?:with|by)|carries|possible) (?:a |the )?(?:virus|malware|worm|trojan)/,
      /\b(?:infected|malware|trojan|ransomware) (?:message|mail|file|attachment|content|detected|found)/,
      /this message contains (?:malware|a threat)|anti-?virus (?:check )?(?:failed|rejected)|rejected due to security polic/,
      /detected (?:a )?(?:virus|malware|threat)/,
    ],
  ],
  [
    'authFailure',
    [
      /\bdmarc\b|\b(?:dkim|spf|arc)\b.{0,50}(?:fail|invalid|reject|not pass|hard ?fail|softfail|check|record|permerror|missing|policy|required|violation|bad)/,
      /(?:bad|invalid|no|missing|failed|violates|fails?|against|not pass).{0,30}\b(?:spf|dkim)\b/,
      /unauthenticated (?:e-?mail|mail|message)s? (?:from|is|are)|(?:e-?mail|message) (?:is )?not authenticated|sender (?:is )?unauthenticated/,
      /not (?:allowed|authori[sz]ed|permitted) to send (?:mail )?(?:from|for)|is not a(?:n allowed| permitted| designated) (?:sender|mailer)/,
      /#?\b5\.7\.(?:2[0-46-9]|509)\b/,
    ],
  ],
  [
    'requirePtr',
    [
      /reverse[ -]?(?:dns|lookup|hostname|name|mapping|path dns)|\bptr\b|\brdns\b|in-addr\.arpa/,
      /(?:cannot|could not|can't|unable to|failed to) (?:find|resolve|verify) your (?:reverse )?(?:host ?name|ip|address)/,
      /does not resolve to (?:a|your|the)|(?:host ?name|domain) .{0,60}mismatch(?:es)? (?:the )?client ip|no valid (?:dns )?(?:host)?name for|dynamic (?:or generic )?(?:ip|ptr)/,
      /\b5\.7\.25\b|fcrdns|(?:ip|client) (?:address )?(?:has no|without|lacks) (?:a )?(?:dns|host)/,
    ],
  ],
  [
    'badReputation',
    [
      /(?:poor|bad|low|negative|insufficient|ip|sender|domain|sending) (?:e-?mail |sender |ip |domain )?reputation|reputation (?:is|of|score|too|service|filter)/,
      /\btss?0?\d{1,2}\b|user complaints|unexpected volume|unusual (?:rate|sending|traffic)|(?:too|so) (?:many|much) (?:complaints|unwanted|unsolicited|spam)/,
      /untrusted (?:host|ip|sender)|senderscore|sender base|talos/,
    ],
  ],
  [
    'rateLimited',
    [
      /rate[ -]?limit(?:ed|s)?|(?:sending|message|recipient|hourly|daily) (?:rate|quota|limit) (?:has been |was |is )?(?:exceeded|reached)|throttl/,
      /too many (?:messages|mails|emails|recipients|rcpts?|deliveries|errors from|commands|invalid recipients)|(?:sent|sending) too (?:fast|many|much|quick)|slow down|exceeded (?:the |your |its )?(?:max(?:imum)? )?(?:number of |message |sending |mail )?(?:messages|emails|rate|recipients)/,
      /(?:received|receiving) (?:mail|e-?mails?|messages) (?:too quickly|at a rate)|\b4\.7\.(?:28|650)\b/,
    ],
  ],
  [
    'rateLimited',
    [
      /too many (?:concurrent |simultaneous |open |smtp |active |incoming |inbound |parallel |client )*(?:connections?|sessions?|connects)|(?:connection|session)s? (?:rate |count |frequency )?(?:limit|exceed|too)|max(?:imum)? (?:number of )?(?:concurrent |simultaneous )?(?:connections|sessions)/,
      /(?:ip )?(?:connection )?frequency (?:is )?limit|exceeded.{0,30}(?:connections?|sessions?)|all (?:ports|server ports) are busy|server (?:is )?(?:too )?busy|concurrency limit|connect(?:ion)?s? too (?:often|frequent)/,
    ],
  ],
  [
    'blocked',
    [
      /\b(?:dns|r|s|u|dn)(?:bl|sbl)\b|spamhaus|sorbs|spamcop|barracuda(?:central)?|proofpoint|invaluement|\bcbl\b|abuseat|uceprotect|\bbl\.|mailspike|senderbase|cloudmark|trend ?micro/,
      /black ?-?list|block ?-?list|deny ?-?list|(?:is|are|was|been) (?:currently )?listed (?:in|on|at|by|with)|listed in (?:our|a|the)|grey ?-?list|gr[ae]y ?listed/,
      /(?:your|the|this|from|sending|client|connecting|source|sender|remote) (?:ip|host|server|network|address|domain|mail server|mailserver|smtp server|isp).{0,80}(?:blocked|banned|denied|rejected|refused|prohibited|not allowed|not accepted|blacklisted)/,
      /(?:blocked|banned|denied|rejected|refus\w+|prohibited) (?:\w+ ){0,4}(?:ip|host|server|network|client)|\bip\b.{0,40}(?:blocked|banned|rejected|denied)|blocked (?:using|by|for|due)|client host (?:rejected|blocked|denied)|helo (?:command )?rejected|helo.{0,30}(?:invalid|not allowed|denied)/,
      /part of (?:their|your|our) network is on|(?:please )?use (?:the |your )?(?:smtp|mail) server of your isp|use your (?:isp|provider)|not (?:be )?mail exchanger|refused to talk to me|connection (?:dropped|refused|rejected) (?:due|because|for|by policy)|no valid (?:smtp )?client/,
      /(?:messages?|mails?|e-?mails?) (?:sent )?from .{0,80}(?:blocked|weren't sent|not accepted|refused|will be (?:deferred|rejected))|not accepting (?:mail|connections|email) from|we do(?:n't| not) accept mail from|access (?:from|to) .{0,40}(?:denied|blocked|refused)|dial-?up|residential|dynamic (?:pool|address|range)/,
      /(?:smtp )?service (?:is )?(?:refused|unavailable,? (?:client|host))|your (?:access|connection|network|isp|host|e-?mail address)\b.{0,40}(?:denied|rejected|refused|blocked)/,
    ],
  ],
  [
    'noRelaying',
    [
      /relay(?:ing)?[ -]?(?:access )?(?:is |was |mail )?(?:denied|not (?:allowed|permitted|accepted)|prohibited|forbidden|rejected|restricted|disabled|attempt|blocked)/,
      /(?:not|un)(?:permitted|allowed|authori[sz]ed| (?:permitted|allowed|authori[sz]ed)|able) (?:to )?(?:relay|send mail through)|(?:unable|refus\w+|cannot|can't|not) (?:to )?relay|(?:no|insecure|open|as a|mail) relay|(?:do(?:es)? not|don't|doesn't|won't|we) relay|relaying|rcpthosts|not a gateway|as a relay|\brelay not\b/,
      /not (?:a )?local (?:domain|host)|domain (?:is )?not (?:hosted|local)|outgoing mail from .{0,40} blocked|this server does not (?:serve|host)|send to a non-?local/,
    ],
  ],
  [
    'spamDetected',
    [
      /\bspam(?:my|assassin|content| content|-like|like)?\b|\bjunk\b|\bunsolicited\b|\bube\b|\buce\b|\bbulk (?:e-?mail|mail)\b|spam (?:score|detected|filter|message|content)/,
      /mail rejet[ée]e?\b|(?:message|mail|content) (?:was |is |has been )?(?:identified|classified|considered|detected|regarded|categori[sz]ed|looks) (?:as|to be|like)|(?:high|exceed\w*) (?:spam )?(?:score|probability)|phish|bayes|looks like|contains? (?:suspicious|a suspicious) (?:url|link|uri)|surbl|uribl/,
    ],
  ],
  [
    'mailboxFull',
    [
      /(?:mail ?box|account|in ?box|folder|maildir|mail ?drop|mail ?store|user|recipient)\b.{0,60}\b(?:(?:is |are |was |has been )?(?:full|over ?quota|out of space|over its|over the (?:limit|maximum|allowed))|exceed)/,
      /over ?-?\s?quota|quota[ -]?(?:exceed|full|violation|limit|error|is)|(?:exceed\w*|over|out of|beyond|above|reached|surpass\w*)\b.{0,40}(?:quota|storage|disk space|mailbox size|allocated|allotted|mailbox limit)|(?:disk|mail|storage) quota|quota.{0,30}exceed/,
      /mailbox full|mailfolder is full|full mail ?box|(?:not enough|insufficient|no|low on|out of|lacks?) (?:disk |mailbox |storage |mail |available |free |user )*(?:space|storage|quota|room)|no space left|storage (?:space|limit|capacity)|(?:disk|drop file|mailspool|spool).{0,20}(?:full|too big|limit)/,
      /has (?:run )?(?:out of|used up|exhausted|no) .{0,30}(?:space|quota|storage)|(?:user|account|he|she|they) has too (?:many|much) (?:messages|mail)|too many messages (?:on|in) (?:this|the) mail|receiving mail too quickly|bo[iî]te.{0,20}pleine|postfach.{0,20}(?:voll|überfüllt)|buz[oó]n.{0,20}lleno|is over (?:the )?(?:size|disk|storage)/,
      /\b[245]\.2\.2\b/,
    ],
  ],
  [
    'exceedLimit',
    [
      /\b5\.2\.3\b|message length exceeds administrative limit|exceeds? (?:the )?(?:administrative|size) limit (?:of|for) (?:the )?(?:recipient|user|mailbox)/,
    ],
  ],
  [
    'messageTooBig',
    [
      /(?:message|mail|e-?mail|content|attachment|data|header|file|it)\b.{0,40}\b(?:is |was |are )?(?:too (?:big|large|long)|size (?:limit )?(?:exceed|limit|is)|larger than|exceed\w* .{0,40}(?:size|length|limit|bytes|maximum))/,
      /(?:exceed\w*|over|maximum|max|limit on) .{0,40}(?:message|mail|file|content|fixed)[ -]?(?:size|length|limit)|message size|size exceed|too large|(?:size|length) limit|mail size/,
      /\b5\.3\.4\b/,
    ],
  ],
  [
    'hasMoved',
    [
      /(?:has |have |user |been )(?:moved|changed (?:their |his |her |its )?(?:e-?mail )?address|relocated)|new (?:e-?mail )?address (?:is|for|:)|address (?:has )?changed|moved (?:to|away)|has been replaced by|is no longer (?:used|in use|valid)|please (?:update|use) .{0,30}(?:new|instead)|(?:address|recipient) .{0,40}replaced/,
      /\b5\.1\.6\b|user not local; please try|551[ -]user not local/,
    ],
  ],
  [
    'suspended',
    [
      /(?:account|mail ?box|user|recipient|address|domain|service|customer|box|e-?mail)(?:\(?s\)?)?\b.{0,50}\b(?:disabled|suspended|deactivated|inactive|locked|discontinued|closed|not active|not activated|frozen|expired|terminated|blocked|cancell?ed|dormant|temporarily (?:disabled|blocked|locked))/,
      /(?:disabled|inactive|suspended|deactivated|locked|frozen|expired|dormant|closed|inactivated) (?:recipient|user|mail ?box|account|address|customer)|not (?:an? )?active (?:user|account|mailbox)|(?:mailbox|account|user) (?:currently |temporarily )?(?:is )?(?:unavailable due|not available due|in ?active)|no longer (?:an? )?(?:active|with|works|employed|on server|accept)|archived (?:user|recipient)|hibernat/,
      /\b5\.7\.13\b|\b525\b/,
    ],
  ],
  [
    'rejected',
    [
      /(?:sender|from|mail from|return[ -]?path|envelope sender|originator|reverse-?path)\b(?:[: ]|'s)*(?:e-?mail )?(?:address |domain |host |verify |verification |id |ok |server )*(?:is |was |has been |has )?(?:rejected|denied|refused|blocked|unknown|invalid|not (?:allowed|accepted|exist|valid|found|recognized|permitted)|verification|does(?:n't| not) (?:exist|resolve|have|accept)|fail|black|unresolv|disallow|cannot)/,
      /(?:invalid|unknown|bad|unresolvable|illegal|forged|unverified|null|empty|no) (?:envelope |mail )?(?:sender|from|return path|reverse-?path)|(?:sender|from) (?:domain|address) (?:must|does|is|not|has)|sender is (?:not )?|(?:refused|denied|reject\w*) (?:mail )?(?:from|sender)|cannot (?:verify|resolve) (?:the )?(?:sender|your domain)|could not (?:verify|resolve) sender|back ?scatter|does not accept (?:bounces|null)|bounce (?:messages?|address)/,
      /\b5\.1\.[78]\b|domain of sender|you are not (?:allowed|permitted|authori[sz]ed) to|not (?:allowed|authori[sz]ed|permitted) to (?:send|post|submit|contact)|(?:is )?not a (?:registered gateway|subscribed?|list) (?:user|member)|moderated|members? only|restricted to|only accepts? (?:mail|messages|email) from|permission to post|the group you tried to contact|does(?:n't| not) want (?:to )?(?:receive|hear)|(?:email|user|recipient) preferences/,
    ],
  ],
  [
    'notAccept',
    [
      /null ?-?mx|does(?:n't| not) (?:accept|receive|handle) (?:any )?(?:e-?mail|mail|incoming|smtp|messages)|host (?:or domain )?does not (?:receive|accept)|no mail (?:is )?accepted|(?:is )?not accepting (?:mail|messages|e-?mail)(?! from)|malformed or unexpected name server reply|\b5\.1\.10\b|\b55[36] .{0,60}(?:not accept|no mail)|we do not accept mail|smtp protocol (?:returned|diagnostic) .{0,20}permanent error|no-?reply/,
    ],
  ],
  [
    'hostUnknown',
    [
      /(?:host|domain|server|system|site|hostname)(?: name)?\b.{0,80}\b(?:not found|unknown|does(?:n't| not) exist|(?:couldn't|could not|cannot|can't) be (?:found|resolved)|not (?:exist|known|valid|resolv\w*)|nonexistent|no data known|invalid|non-?existent|unresolvable)/,
      /(?:unknown|no such|bad|invalid|illegal|unrouteable|unroutable|non-?existent|cannot (?:find|resolve|route)|can'?t (?:find|resolve)|could ?n[o']t (?:find|resolve)|unable to (?:find|resolve)) (?:any )?(?:the |a )?(?:\w+ )?(?:host|domain|mail ?domain|destination system|mx|server|exchanger|address$)/,
      /unrouteable address|unroutable address|nxdomain|name or service not known|dns lookup fail|no (?:mx|a|aaaa) (?:or \w+ )?records?|all relevant mx records point to non-?existent|\b5\.1\.2\b|could ?n[o']t find any host|host unknown|recipient'?s? domain|bad host/,
    ],
  ],
  [
    'expired',
    [
      /retry time(?:out)?(?: not reached| exceeded)?|delivery (?:time|attempts?|period) (?:has )?(?:expired|exceeded|elapsed|timed)|(?:connect(?:ion)?|operation|conversation|session|lmtp|smtp|socket|read|write|server|response|command|delivery|request|attempt)\b.{0,60}time[ds]?[ -]?out|time ?out|in (?:the|our|my|its) queue (?:too|for)|been (?:in )?queued|queue(?:d)? (?:time|too)|(?:message|envelope|mail) (?:has )?expired|expired/,
      /(?:could|can|has|have|was|were|been|is) ?(?:not|n't) (?:be |been )?(?:delivered|sent|processed)? ?(?:for|within|after|in) (?:more than |the last |over )?\d+ ?(?:day|hour|minute|second)|cannot send message for|(?:un)?able to deliver (?:this|the|your) message (?:after|for|within)|undeliverable for|(?:gave|giving) up|give up|too (?:many|old|long).{0,20}(?:retries|attempts|queue)|last (?:chance|attempt)|\b[45]\.4\.7\b|(?:has been |is )?delayed|being delayed|not yet been delivered|unable to connect successfully|resources temporarily unavailable/,
    ],
  ],
  [
    'networkError',
    [
      /(?:routing|mail|forwarding|message|delivery|possible) loop|loop(?:s|ing)? (?:back|detected)|(?:too many|hop|maximum|exceeded|excessive).{0,20}\bhops?\b|hop ?count|forwarded more than|\bhops?\b.{0,20}exceed|\b[245]\.4\.6\b|too many received/,
      /(?:host ?name|name|mx|dns|domain|address) (?:server |name )?(?:lookup|resolution|query|error|service|server)|(?:temporar\w+|soft) (?:dns|name|lookup|resolution)|name ?server|\bdns\b|servfail|(?:network|host|destination|no route).{0,30}(?:unreachable|error|down|to host)|no route|connect(?:ion)? (?:to .{0,60})?(?:refused|reset|lost|closed|dropped|failed|broken|aborted|error|interrupted)|(?:could ?n[o']t|unable to|failed to|cannot|can't) (?:connect|establish|open|reach|contact|complete)|lost connection|broken pipe|socket|not (?:reachable|responding)|server unavailable|interrupted/,
    ],
  ],
  [
    'failedStartTls',
    [
      /start ?tls|\btls\b.{0,40}(?:required|fail|negotiat|handshake|not|error|unavailable|untrusted)|\bssl\b|certificate/,
    ],
  ],
  [
    'policyViolation',
    [
      /polic(?:y|ies)|violat(?:es?|ion|ing)|(?:blocked|rejected|denied|refused) because (?:of )?(?:its|the|your) (?:content|attachment|message)|(?:file|attachment|extension|content|message|mime) ?(?:type )?(?:is |was |are )?(?:not (?:allowed|permitted|accepted)|forbidden|prohibited|banned|blocked|unacceptable|restricted|disallowed)|(?:banned|forbidden|prohibited|dangerous|illegal|executable|unallowed) (?:content|file|attachment|extension|word|subject|name)|security (?:issue|reason|violation|threat)|guidelines|administrative (?:prohibition|reject)|prohibited|closed (?:mailing )?list/,
      /\b5\.7\.(?:9|12|0)\b/,
    ],
  ],
  [
    'notCompliantRfc',
    [
      /\brfc ?-?\d{3,4}|(?:duplicate|multiple|missing|no|invalid|bad|malformed|more than one|without(?: a)?) (?:valid )?(?:header|from|date|message-?id|subject|to|sender)\b.{0,20}(?:header|field|line|address)?|(?:header|from:?|message-?id).{0,40}(?:missing|duplicate|not compliant|non-?compliant|multiple|invalid|malformed|required)|(?:bare|stray|lone) (?:lf|cr|line ?feed|newline)|not (?:rfc )?compliant|does not comply|non-?compliant|standards? (?:compliant|violation)/,
    ],
  ],
  [
    'contentError',
    [
      /malformed (?:mime|message|mail|header|content)|(?:mime|8-?bit|charset|encoding|content|body|base64|null (?:byte|char\w*))\b.{0,30}(?:error|malformed|not supported|invalid|unsupported|fail|conversion|required)|(?:invalid|improper|unsupported|bad|illegal) (?:mime|content|body|charset|character|encoding|message (?:content|format)|header)|line (?:is )?too long|\b5\.6\.\d\b/,
    ],
  ],
  [
    'userUnknown',
    [
      /(?:user|mail ?box|recipient|address|account|destinat\w+|addressee|person|alias|customer|subscriber|local ?part|e-?mail|login|name|adressen?|utilisateur|usuario|empf[äa]nger)(?:\(?s\)?)?\b.{0,80}\b(?:unknown|not? (?:a )?(?:found|exist|known|valid|recogni[sz]ed|listed|registered|available|here|local|on|present|accepted|correct|permitted|in|match|unique|our)|(?:couldn't|could not|cannot|can't) be (?:found|delivered|reached|verified)|does(?:n't| not| ?nt) (?:exist|have|match|appear|seem)|doesnt|isn'?t|invalid\w*|incorrect|undeliverable|non-?existent|nonexist\w*|ambiguous|unavailable|rejected|refused|denied|removed|deleted|inconnu|invalide|desconocid|unbekannt|existiert nicht|no existe|n'existe|unrouteable|undefined|no longer|lookup fail|failed|verification)/,
      /(?:unknown|no such|no|not a|invalid|illegal|incorrect|bad|wrong|non-?existent|inexistent|unable to (?:find|verify)|can'?t (?:find|verify)|cannot (?:find|verify)|could ?n[o']t (?:find|verify)|undeliverable|unrouteable|not (?:a )?valid|does not like|didn't like|did not like|rejected|unbekannte\w*) (?:\w+[- ]){0,3}(?:user|mail ?box|recipient|address(?:ee)?|account|person|local ?-?part|or illegal|alias|subscriber|customer|destination|login|name|rcpt|empf[äa]nger)/,
      /not listed in|no one here|not (?:our|a) customer|no mailbox|isn't in my|(?:this|that|the) (?:user|address|account|person|mailbox) (?:does|is|has|was)(?:n't| not)|doesn't have an? .{0,60}account|unknown or illegal|(?:mailbox|user) (?:not|un)|bad destination|domain ?literal|address rejected|not exist|rejected address|addressee unknown|user not|no valid recipients?|\b[25]\.1\.(?:0|1|3)\b|gibt es nicht|nicht (?:gefunden|bekannt|vorhanden)|no encontrad|introuvable/,
    ],
  ],
  [
    'securityError',
    [
      /auth(?:entication|enticated|orization|orisation|required)?\b.{0,40}(?:required|fail|denied|not|needed|necessary|first|invalid|error)|(?:unauthenticated|unauthori[sz]ed|not (?:authenticated|authori[sz]ed|permitted|allowed))|(?:access|permission|delivery|operation|message) (?:is )?(?:denied|not (?:allowed|authorized|permitted)|forbidden|restricted)|denied|must (?:authenticate|issue a starttls|log ?in)|log ?in first|secur(?:e|ity)|\bcredentials?\b|restricted/,
      /\b5\.7\.(?:1|3|8)\b/,
    ],
  ],
  [
    'mailerError',
    [
      /pipe to|\bx-unix\b|(?:command|program|process|child|script|mailer|procmail|maildrop|deliver\w*|filter) (?:died|failed|exit|returned|terminated|crashed|error)|exit(?:ed)? (?:status|code|with)|procmail|unknown mailer error|mailer error|can'?t exec|cannot execute|unable to (?:exec|run)|exec(?:utable)? (?:fail|error)|bad (?:file )?(?:permissions|ownership)|generated during the delivery attempt|terminated by signal/,
    ],
  ],
  [
    'syntaxError',
    [
      /(?:syntax|protocol) error|(?:improper|bad|wrong|invalid|out of) (?:command )?sequence|(?:command|parameter|option)\b.{0,20}(?:not (?:implemented|recogni[sz]ed|supported)|unknown|unrecogni[sz]ed|invalid|sequence)|(?:unrecogni[sz]ed|unknown|unimplemented|unsupported|invalid) (?:command|parameter|option|argument)|need (?:mail|rcpt|helo)|polite people say|\b5\.5\.[0-24]\b/,
    ],
  ],
  [
    'systemFull',
    [
      /(?:mail ?)?system (?:is )?full|(?:server|system|partition|spool|queue|disk).{0,20}\bfull\b|insufficient system (?:storage|resources)|\b[45]\.3\.1\b/,
    ],
  ],
  [
    'systemError',
    [
      /\bldap\b|(?:internal|server|system|local|software|configuration|config|database|application|process\w*|lookup|service|mail|temporar\w+|unexpected|general|backend|storage|queue|alias\w*)\b.{0,30}(?:error|problem|failure|fault|loop|trouble|exception|malfunction|crash)|(?:mis)?configur(?:ed|ation)|(?:too|very) busy|out of (?:memory|resources)|(?:insufficient|not enough) (?:memory|resources)|resources?.{0,20}unavailable|(?:can'?t|cannot|could not|couldn't|unable to|failed to) (?:create|open|write|read|lock|access|process|queue|accept|complete|fork|locate|append|save|store)|try again later|please try later|maintenance|temporarily (?:unavailable|down|not)|shutting down|service (?:not |un)available|loops? back|i\/o error|\b[45]\.3\.[0-5]\b|\b4\.[25]\.\d\b/,
    ],
  ],
];

/** What an enhanced status code says by itself (RFC 3463 and the IANA registry), where the words said nothing. */
export const STATUS_REASONS: Readonly<Record<string, BounceReason>> = {
  '1.0': 'userUnknown',
  '1.1': 'userUnknown',
  '1.2': 'hostUnknown',
  '1.3': 'userUnknown',
  '1.4': 'userUnknown',
  '1.6': 'hasMoved',
  '1.7': 'rejected',
  '1.8': 'rejected',
  '1.9': 'systemError',
  '1.10': 'notAccept',
  '2.0': 'filtered',
  '2.1': 'suspended',
  '2.2': 'mailboxFull',
  '2.3': 'exceedLimit',
  '2.4': 'filtered',
  '3.0': 'mailerError',
  '3.1': 'systemFull',
  '3.2': 'notAccept',
  '3.3': 'systemError',
  '3.4': 'messageTooBig',
  '3.5': 'systemError',
  '4.1': 'expired',
  '4.2': 'networkError',
  '4.3': 'systemError',
  '4.4': 'hostUnknown',
  '4.5': 'systemError',
  '4.6': 'networkError',
  '4.7': 'expired',
  '5.0': 'syntaxError',
  '5.1': 'syntaxError',
  '5.2': 'syntaxError',
  '5.3': 'rateLimited',
  '5.4': 'syntaxError',
  '5.5': 'syntaxError',
  '6.0': 'contentError',
  '6.1': 'contentError',
  '6.2': 'contentError',
  '6.3': 'contentError',
  '6.5': 'contentError',
  '6.6': 'contentError',
  '6.7': 'contentError',
  '6.9': 'contentError',
  '7.0': 'securityError',
  '7.1': 'rejected',
  '7.2': 'rejected',
  '7.7': 'policyViolation',
  '7.8': 'securityError',
  '7.9': 'policyViolation',
  '7.13': 'suspended',
  '7.17': 'hasMoved',
  '7.18': 'userUnknown',
  '7.20': 'authFailure',
  '7.21': 'authFailure',
  '7.22': 'authFailure',
  '7.23': 'authFailure',
  '7.24': 'authFailure',
  '7.25': 'requirePtr',
  '7.26': 'authFailure',
  '7.27': 'notAccept',
  '7.28': 'rateLimited',
};
