/** Something that a deceptive mail promises or threatens, in the words that it is told with. */
export interface Lure {
  code: string;
  /** Logits that the words alone add. */
  weight: number;
  /** What it says to a reader, as the end of "It ...". */
  explanation: string;
  /** Set where the letter itself is the trap: no link or false name is needed to answer it. */
  selfStanding?: true;
  /** By language; over subject, sender's name and text in plain letters (see plain-text.ts). */
  patterns: Readonly<Record<string, RegExp>>;
}

/** Two groups of words near each other, in either order. */
function near(one: string, other: string, distance = 60): RegExp {
  return new RegExp(
    `\\b(?:${one})\\b[^]{0,${distance}}?\\b(?:${other})\\b|\\b(?:${other})\\b[^]{0,${distance}}?\\b(?:${one})\\b`,
    'u',
  );
}

/** One group of words followed by another. */
function then(one: string, other: string, distance = 60): RegExp {
  return new RegExp(`\\b(?:${one})\\b[^]{0,${distance}}?\\b(?:${other})\\b`, 'u');
}

/** Hand-set weights, written from the general forms of these frauds; no corpus was counted for them. */
export const LURES: readonly Lure[] = [
  {
    code: 'account',
    weight: 1.6,
    explanation: 'asks to confirm or restore an account',
    patterns: {
      en: then(
        'verify|confirm|validate|restore|unlock|re-?activate|re-?confirm|authenticate|secure|recover|upgrade',
        '(?:your|the|my) (?:\\w+[ -]){0,3}(?:accounts?|identity|password|wallets?|mailbox|e-?mail|payment|billing|card|information|pin|profile|membership|assets|ownership|log-?in|device|funds)|account ownership',
        40,
      ),
      enWords:
        /\bkyc verification\b|\bverification required\b|\bverify (?:now|immediately)\b|\bsign[- ]?in to (?:verify|confirm|review)\b|\brestore account\b|\b(?:update|confirm) your (?:payment|billing|account) (?:details|information|method)\b/,
      de: near(
        'bestatigen|verifizieren|aktualisieren|entsperren|reaktivieren|uberprufen|freischalten|erneuern',
        'konto\\w{0,12}|identitat|passwort|postfach|zahlungs\\w{3,16}|kontodaten|daten|pin|sicherheits-?pin|zugang|konto-?informationen',
        60,
      ),
      fr: near(
        'verifie[rz]|verification de|confirme[rz]|confirmation (?:de|requise)|mettre a jour|mise a jour|actualis\\w{1,5}|reactiv\\w{1,5}|debloqu\\w{1,5}',
        'votre compte|vos informations|votre identite|vos coordonnees|mot de passe|vos droits|votre dossier|votre carte|carte vitale',
        60,
      ),
      es: near(
        'verifi(?:que|car|cacion)|confirm(?:e|ar|acion)|actualic\\w{1,4}|actualizar|reactiv\\w{1,5}|desbloque\\w{1,4}',
        '(?:su|tu) cuenta|sus datos|contrasena|(?:su|tu) identidad|(?:su|tu) tarjeta|datos bancarios',
        60,
      ),
      pt: near(
        'confirm(?:e|ar|acao)|verifi(?:que|car|cacao)|atualiz\\w{1,5}|regulariz\\w{1,5}|desbloque\\w{1,4}|valid\\w{1,5}',
        '(?:sua|a sua) conta|seus dados|(?:sua )?senha|cadastro|(?:seu )?cpf|(?:seu )?dispositivo|as informacoes',
        60,
      ),
      nl: near(
        'bevestig\\w{0,2}|verifieer|controleer|update|activeer',
        'uw (?:account|gegevens|rekening|identiteit)|je (?:account|gegevens|rekening)',
        60,
      ),
      it: near(
        'verific\\w{1,4}|conferm\\w{1,4}|aggiorn\\w{1,4}',
        '(?:il )?(?:suo|tuo) (?:account|conto)|i (?:suoi|tuoi) dati|la password',
        60,
      ),
    },
  },
  {
    code: 'threat',
    weight: 1.6,
    explanation: 'threatens to close, block or delete something of its reader',
    patterns: {
      en: near(
        'suspen\\w{2,6}|locked|frozen|restricted|limited|blocked|deactivated|disabled|closure|terminat\\w{2,5}|flagged|compromised',
        '(?:your|e-?mail|mail|web|cloud|the) (?:\\w+[ -]){0,3}(?:account|access|wallet|mailbox|card|profile|membership|storage)s?|e-?account',
        50,
      ),
      signIn:
        /\bunusual sign-?in\b|\bunauthori[sz]ed (?:access|transactions?|activity|login|sign-?in|charge)|\bsuspicious (?:activity|login|sign-?in|transactions?)|\bsome ?one tried to (?:[il1]og|sign)|\bnew (?:device|app|browser) (?:has been |was )?(?:connected|signed|logged)|\bviolati(?:on|ng) (?:of )?our terms|\bdata (?:breach|loss)|\bpayment (?:was |has been )?(?:declined|failed)|\brenewal (?:has )?(?:declined|failed)|\bpermanently (?:deleted|lost|suspended)|\bwill be (?:permanently )?deleted/,
      de: near(
        'gesperrt|eingeschrankt|einschrankung|gespeichert abgelaufen|abgelaufen|lauft ab|ablauft|deaktiviert|ungewohnliche\\w?|verdachtige\\w?|geloscht|ausgesetzt',
        'konto\\w{0,10}|1?hr konto|zugang|abonnement|karte|postfach|schutz|aktivitat\\w{0,2}|cloud-?speicher|speicher\\w{0,12}|mitgliedschaft',
        60,
      ),
      fr: near(
        'suspendu\\w{0,2}|bloque\\w{0,2}|limite\\w{0,2}|expire\\w{0,2}|desactive\\w{0,2}|inhabituelle?',
        'compte|acces|abonnement|carte|connexion|colis',
        60,
      ),
      es: near(
        'suspendid\\w|bloquead\\w|limitad\\w|caduc\\w{2,5}|inusual|no autorizad\\w',
        'cuenta|acceso|tarjeta|actividad|transaccion',
        60,
      ),
      pt: near(
        'suspens\\w{1,4}|bloquead\\w|bloqueio|irregular\\w{0,6}|pendente|nao reconhec\\w{1,3}|novo (?:acesso|dispositivo|navegador)|em analise',
        'conta|cpf|cnh|acesso|cartao|cadastro|transacao|situacao|dispositivo|fiscal',
        60,
      ),
      nl: near('geblokkeerd|opgeschort|verlopen|beperkt|verwijderd', 'account|rekening|pas|abonnement|toegang', 60),
      it: near('sospes\\w|bloccat\\w|scadut\\w|limitat\\w', 'account|conto|carta|accesso|utenza', 60),
    },
  },
  {
    code: 'deadline',
    weight: 0.7,
    explanation: 'sets a short deadline',
    patterns: {
      en: /\bwithin (?:the next )?(?:\d{1,2}|twenty-?four|forty-?eight) ?(?:hours|hrs|h|minutes)\b|\b(?:final|last) (?:notice|warning|alert|chance|reminder)\b|\bact (?:now|immediately)\b|\b(?:immediate|urgent) (?:action|verification|attention|response)\b|\baction (?:required|request|needed)\b|\bexpires? (?:today|soon|in \d)|\bonly \d{1,2} (?:left|hours)\b|\breview now\b|\bhurry up\b/,
      de: /\binnerhalb von \d{1,2} (?:stunden|tagen)|\bletzte (?:chance|mitteilung|mahnung|erinnerung|warnung|mal)|\bnur (?:heute|noch \d)|\bsofort(?:iges)? handeln|\bhandeln sie jetzt|\bdringend\b|\bendet in \d|\bletzter versuch|\bnachsten \d{1,2} stunden/,
      fr: /\bsous \d{1,2} ?(?:h|heures|jours)\b|\bderni(?:er|ere) (?:chance|rappel|avis)|\bexpire aujourd|\bimmediatement\b|\bdans les prochains jours afin/,
      es: /\ben (?:las proximas )?\d{1,2} horas|\bultim[oa] (?:aviso|oportunidad)|\baccion requerida|\binmediatamente\b/,
      pt: /\baviso (?:final|urgente|importante)|\bultim[oa] (?:aviso|chance|prazo)|\bprazo final|\burgente\b|\bo mais (?:rapido|breve) possivel|\bem \d{1,2} horas|\bnotificacao extrajudicial/,
      nl: /\bbinnen \d{1,2} uur|\blaatste (?:kans|herinnering|waarschuwing)|\burgent\b|\bdirect handelen/,
    },
  },
  {
    code: 'parcel',
    weight: 2.2,
    explanation: 'tells of a parcel that is held until something is paid or confirmed',
    patterns: {
      en: near(
        'package|parcel|shipment|delivery',
        'pending|on hold|held|customs? (?:fee|dut)\\w{0,4}|could not be delivered|undeliverable|delivery attempt|address error|awaiting|unpaid|re-?schedule',
        60,
      ),
      de: near(
        'paket|sendung|lieferung',
        'zuruckgehalten|zoll\\w{0,8}|nicht zugestellt|angehalten|lagergebuhr|wartet|zustellversuch|unvollstandige adresse',
        60,
      ),
      fr: near(
        'colis|livraison|paquet',
        'en attente|douan\\w{1,6}|retenu|frais|non livre|adresse incorrecte|bloque',
        60,
      ),
      es: near(
        'paquete|envio|pedido',
        'pendiente|aduan\\w{1,6}|retenido|tasas|no (?:se )?pudo (?:ser )?entreg\\w{1,4}',
        60,
      ),
      pt: near(
        'encomenda|pedido|objeto|pacote',
        'retid[oa]|taxad[oa]|alfandeg\\w{1,6}|aduan\\w{1,6}|pendentes? de|bloquead[oa]|fiscalizacao',
        60,
      ),
      nl: near(
        'pakket(?:je)?|bestelling|zending|trackingmelding',
        'opgehouden|douane\\w{0,10}|wacht\\w{0,3}|bezorg\\w{1,4}|adresfout|niet betaald|vrijgave|niet helemaal goed|nieuwe',
        60,
      ),
      it: near('pacco|spedizione', 'in attesa|dogan\\w{1,4}|trattenut\\w|non consegnat\\w', 60),
    },
  },
  {
    code: 'prize',
    weight: 2.2,
    explanation: 'says that its reader was chosen to win or be given something',
    patterns: {
      en: /\byou(?:'ve| have) (?:just )?(?:been (?:selected|chosen)|won\b)|\byou won (?:an? |the |our )|\b(?:lucky|potential|online|todays?) winners?\b|\byour name came up\b|\bcongratulations?[^]{0,80}\b(?:you|claim|selected|won|winner|reward|gift|offers?)\b|\b(?:claim|unlock|receive|get|confirm) (?:your|a|an|this|our|the)? ?(?:\w+ ){0,3}(?:reward|prize|gift|bonus|package)\b|\b(?:gift card|voucher)s? (?:worth|for you|waiting)|\bexclusive (?:\w+ )?(?:reward|gift|prize)|\benter to win\b|\bchance to win\b|\breward (?:offer|panel|program)|\bcustomer (?:survey|reward)|\bhaven'?t claimed\b|\bsweepstakes\b|\bsends? you a (?:gift|present)\b|\byou received an? reward|\babout your reward/,
      de: /\bgewinnspiel\w{0,10}|\bauserwahlten?\b|\bherzliche?n? gluckwunsch\b|\bgratulieren (?:ihnen|dir|recht)|\b(?:haben|hast|sie|jetzt|mit|und)\b[^]{0,40}\b(?:gewonnen|gewinnen|gewinne)\b|\bgewinn(?:en sie|daten|e ein|er eines)|\bchance auf (?:einen?|ein|\d|den)|\bgutschein\w{0,8}\b[^]{0,60}\b(?:wert|sichern|erhalten|gewinn\w{1,5}|einlos\w{1,4}|\d+ ?€)|\b\d+ ?€[- ]?[^]{0,30}gutschein|\bverlosung\b|\bgratis\b[^]{0,40}\b(?:paket|gerat|testpaket|thermomix)|\bkostenlose[sn]? (?:\w+-?){1,4}(?:paket|kit|set|promobox)|\b(?:exklusiven )?preis gewinnen|\b(?:nicht eingeloste\w?|kostenlosen versand)\b[^]{0,100}\b(?:vorbereitet|gewinner|stornier\w{1,4}|verschenkt)|\bgut(?:s|ab)\w{0,3}karte|\bgutabenkarte/,
      fr: /\bfelicitations?\b[^]{0,100}\b(?:vous|selectionne|gagn\w{1,5})|\bvous (?:avez ete|etes) (?:\w+ ){0,2}selectionne|\bbons? d'achat\b|\bcartes?[- ]cadeaux?\b|\bgagne[rz]\b[^]{0,30}(?:€|eur|iphone|un|une)|\b(?:surprise|offre surprise|cadeau) pour (?:vous|les clients)|\bsondage\b[^]{0,80}\b(?:offre|recompense|cadeau|experience)|\bvotre (?:gain|lot|cadeau|recompense) (?:est|vous)|\bgagnant\b/,
      es: /\b(?:felicidades|enhorabuena)\b[^]{0,80}\b(?:ganad\w{1,3}|seleccionad\w|premio)|\bha(?:s|n)? (?:sido seleccionad\w|ganado)|\btarjeta (?:de )?regalo|\breclam\w{1,3} (?:su|tu) (?:premio|regalo)/,
      pt: /\bparabens\b[^]{0,80}\b(?:voce|ganh\w{1,4}|selecionad\w|premi\w{1,5})|\bvoce (?:foi (?:selecionad\w|presentead\w|premiad\w|sortead\w)|ganhou)|\bresgat\w{1,4} (?:seu|o seu|agora)/,
      nl: /\bgefeliciteerd\b|\b(?:geselecteerd|uitverkoren)\b|\bcadeau(?:kaart|bon)\b|\bik wil winnen\b|\bwin (?:een|nu)\b|\bmaak kans\b|\bt\.w\.v\b/,
      it: /\bcongratulazioni\b[^]{0,80}\b(?:hai|ha|vint\w|selezionat\w)|\bhai vinto\b|\bbuono regalo\b|\bcarta regalo\b/,
    },
  },
  {
    code: 'points',
    weight: 2,
    explanation: 'says that points or a balance expire unless they are redeemed',
    patterns: {
      en: near(
        '(?:reward|bonus|loyalty)? ?points|miles|cashback|balance',
        'expir\\w{1,4}|redeem\\w{0,3}|about to (?:be )?lo\\w{2,4}',
        60,
      ),
      pt: near(
        'pontos|milhas|saldo|cashback|valores|recompensas?',
        'expir\\w{1,5}|vencer|vencimento|resgat\\w{1,5}|disponive\\w{1,3}|vinculad\\w{1,2}|prestes a',
        80,
      ),
      es: near('puntos|millas|saldo', 'caduc\\w{1,4}|venc\\w{1,5}|canje\\w{1,3}', 60),
      de: near('(?:bonus|payback|treue)?-?punkte', 'verfallen|einlosen|ablaufen', 60),
      fr: near('points|avantages', 'expir\\w{1,5}|echange\\w{1,3}|perdre', 40),
    },
  },
  {
    code: 'payout',
    weight: 2,
    explanation: 'says that money waits to be paid out',
    patterns: {
      en: /\b(?:payout|withdrawal|refund|payment|bonus|balance|funds?)\b[^]{0,50}\b(?:is ready|approved|waiting|confirmed|pending (?:your )?(?:confirmation|approval)|on (?:our|your) list|released)|\bpayout (?:verification|limit)|\b(?:tax|vat) refund\b|\b(?:unclaimed|compensation) (?:fund|money|balance)/,
      de: /\b(?:auszahlung|guthaben|bitcoin-?auszahlung|ruckerstattung|gutschrift)\b[^]{0,80}\b(?:bereit|wartet|warten|bestatig\w{1,4}|verifizier\w{1,4}|erhalten|abholung|steht)|\b(?:auf|in) ihr(?:em)? konto (?:erhalten|gutgeschrieben)|\bihr(?:em)? konto gutgeschrieben|\bbitcoin-?(?:auszahlung|guthaben)|\bsteuer(?:ruck)?erstattung\b/,
      fr: /\b(?:remboursement|virement|solde|montant|retrait|paiement)\b[^]{0,24}\b(?:disponible|en attente|a ete confirme)|\beffectuer votre retrait|€ disponibles?\b/,
      es: /\b(?:reembolso|devolucion|pago|retiro)\b[^]{0,60}\b(?:pendiente|disponible|aprobad\w|listo)/,
      pt: /\b(?:restituicao|reembolso|saque|credito|beneficio|emprestimo|limite)\b[^]{0,60}\b(?:disponivel|liberad\w|autorizad\w|aprovad\w|pre-aprovad\w)|\bpre-?aprovac\w{2,4}/,
      nl: /\b(?:terugbetaling|teruggave|uitbetaling)\b[^]{0,60}\b(?:klaar|beschikbaar|wacht\w{0,2})/,
    },
  },
  {
    code: 'crypto',
    weight: 2,
    explanation: 'asks a crypto wallet to connect, or offers tokens for nothing',
    patterns: {
      any: /\bairdrop\b|\b(?:seed|recovery|secret) phrases?\b|\bclaim (?:your )?\$ ?[a-z]{2,8}\b|\bclaim (?:up to |your )[^]{0,20}(?:tokens?|bnb|eth|btc|bwb|usdt)\b|\b(?:firmware|wallet) (?:upgrade|update|verification|migration)|\b(?:upgrade|migrate|connect|sync|secure|validate) your (?:\w+ ){0,2}(?:wallets?|portfolio|device)|\bwallet (?:is|has been|access|will be|was)\b|\b(?:hardware|crypto) (?:wallet|holders)\b|\bself-?custody\b|\b(?:btc|bitcoin|eth) (?:binance|payout|bonus)|\bbinance\b[^]{0,20}\b(?:btc|euro?)\b|\d (?:btc|eth)\b[^]{0,20}\bbinance/,
      trading:
        /\bbitcoin[- ]?(?:trader|millionar|millionaire|plattform|platform|system|code|era|profit|revolution|neuigkeiten)|\bcrypto[- ]?(?:trading|trader|bot)\b|\b(?:reich|rich|millionar|millionaire)\b[^]{0,60}\bbitcoins?|\bbitcoins?\b[^]{0,60}\b(?:reich werden|get rich|millionar\w{0,3}|millionaires?)|\bpassives? (?:einkommen|income)\b|\b(?:make|earn) (?:easy |extra )?money (?:online|easily|from home)|\beasily make money\b/,
    },
  },
  {
    code: 'gambling',
    weight: 2.6,
    explanation: 'lures with free bets or spins',
    patterns: {
      any: /\bfree ?spins?\b|\bfreispielen?\b|\btours? gratuits?\b|\bgiros gratis\b|\brodadas gratis\b|\bgratis spins\b|\b(?:no|ohne|sans|sin|sem) (?:deposit|einzahlung|depot|deposito) (?:bonus|required|erforderlich)?|\bcasino\b[^]{0,80}\b(?:bonus|willkommen\w{0,8}|welcome|jackpot|registr\w{2,9}|players?|spiele|slots?)|\b(?:bonus|willkommen\w{0,8}|welcome|jackpot|slots?|players?|win big)\b[^]{0,60}\bcasino|\bjackpot\b[^]{0,40}\b(?:bonus|gewin\w{1,6}|verifi\w{2,9})|\b\d+ ?% (?:bis|up to|bonus|welcome|boost|extra|auf)\b|\bbonus at every deposit\b|\bdeposit bonus\b|\b(?:spins?|slots) (?:into|inside|and win|gewinn)/,
    },
  },
  {
    code: 'dating',
    weight: 2.6,
    explanation: 'lures with dates or sex',
    patterns: {
      en: /\b(?:ukrainian|russian|slavic|asian|hot|lonely|local|sexy|mature|senior|horny|naughty|lustful)s?[- ](?:women|woman|girls?|lady|ladies|singles|milfs?|beaut(?:y|ies)|brides?|date|dating|moms?)\b|\b(?:singles|women|girls|milfs) (?:near|nearby|in your area)|\bsex(?:ual)? (?:dating|with you|chat|partner|tonight)|\b(?:adult|casual|sex) (?:dating|dates|hookups?)|\bmeet (?:hot|local|sexy|your kind of|mature|slavic) |\bdream love\b|\bwants to (?:meet|fuck|do a|have sex)|\b(?:rough|quick|steamy) (?:sex|suction|fuck)|\bprivate (?:photos|pics|nudes)|\blonely \d\d years? old|\b(?:lonely|charming|gracious)\b[^]{0,60}\b(?:miss|lady|girl|male|man from)\b|\bdissolute girl|\bclick for date\b|\barousal\b|\blooking for (?:a )?(?:serious relationship|my (?:man|soulmate))/,
      de: /\b(?:ukrainische|russische|slawische|heiße|heisse|reife|einsame|sexy|frech\w{1,2})\w? (?:ukrain\w{4,6} )?(?:frau(?:en)?|damen?|madchen|singles|beauty|girls?)|\bsingles (?:in|aus) (?:deiner|ihrer) (?:nahe|stadt)|\bprivate fotos\b|\bintim werden\b|\b(?:hat|haben) (?:dir|ihnen) eine nachricht geschickt|\bweitere nachrichten von\b|\bkennen(?:zu)?lernen\b[^]{0,60}\b(?:nahe|single|frau)|\bwohnen in der nahe|\btreffen sie (?:heute|noch|ihre|heiße|slaw)|\bschone? (?:ukrain|russ|slaw)\w{4,8}/,
      fr: /\b(?:femmes?|filles?|celibataires) (?:russes?|ukrainiennes?|sexy|chaudes?|pres de chez|mures?)|\brencontres? (?:coquines?|adultes?|sans lendemain|sexe)|\bcherchez de la compagnie|\bplan cul\b/,
      nl: /\b(?:spannende|geile|ondeugende|stoute|sexy|eenzame|rijpe|hete) (?:vrouw(?:en)?|singles|dames?|date|contacten|verrassingen)|\b(?:alleen )?als je volwassen bent|\b(?:durf|wil) (?:jij|ik|je)\b[^]{0,60}\b(?:flirten|losmaken|los te maken|meer|afspreken|grote vrouw|spannend)|\bwel eens afspreken\b|\bpersoonlijke match\b|\bfantaseert\b|\bsexdate\b|\bflirten\b/,
      it: /\bragazz[ae] (?:ucrain|russ|sexy)\w{1,2}|\bmessaggio privato dalla\b|\bdonne (?:sole|mature|ucraine|russe)|\bincontri (?:sexy|adulti|piccanti)|\bbellezze ucraine/,
      es: /\b(?:chicas|mujeres) (?:rusas|ucranianas|solteras|calientes|maduras)|\bcitas (?:adultas|sexuales|calientes)/,
      pt: /\b(?:mulheres|garotas) (?:russas|ucranianas|solteiras|quentes)|\bencontros (?:adultos|quentes|casuais)/,
    },
  },
  {
    code: 'cure',
    weight: 2.2,
    explanation: 'sells a miracle cure',
    patterns: {
      en: /\b(?:lose|losing|lost|drop|burn|melt|shed)\b[^]{0,30}\b(?:\d+ ?(?:lbs|pounds|kilos?|kg)|belly fat|body fat|fat fast|weight fast)|\bketo\w{0,8}\b|\b(?:fat[- ]burn\w{2,4}|weight[- ]loss) (?:gumm\w{1,3}|ritual|pill|hack|tea|trick)|\b(?:testosterone|prostate|tinnitus|neuropathy|nail fungus|erectile|blood sugar|vision loss)\b[^]{0,60}\b(?:replacement|natural|cure|ritual|trick|supplement|fix|support|better)|\b(?:joint|knee|back|nerve) pain\b[^]{0,60}\b(?:relief|gone|trick|remedy|patch)|\b(?:cbd|manifestation|snoring|hair (?:loss|growth)|toenail|fungus|memory loss|diabet\w{2,3}|blood pressure|eyesight|libido|manhood|male enhancement|parasites?|slimming)\b[^]{0,60}\b(?:gumm\w{1,3}|trick|ritual|oil|breakthrough|discover\w{1,3}|reverse|method|secret|natural|cure|stop|solution|support)|\bviagra\b|\bcialis\b|\bbetter than testosterone|\bshocked the medical|\bdoctors? (?:hate|stunned|shocked)|\bcarb ritual\b|\bin and out of the sheets\b|\bfeel it in \d+ minutes/,
      de: /\b(?:gewichtsverlust|abnehmen|gewichtsmanagement|fettverbrenn\w{2,5}|fett schmelz\w{1,3})\b|\bschmelzen fat\b|\bohne diat\b|\bkrampfader\w{0,2}\b|\bnagelpilz\b|\bpotenz\w{0,8}|\bgelenkschmerz\w{0,3}\b|\bohren ohne schmerzen|\b(?:abnehm|schlankheits)\w{0,4}[- ]?(?:gummies|system|pillen|kapseln)|\bschlankheitssystem\b/,
      fr: /\b(?:perte de poids|perdre \d+ (?:kg|kilos)|maigrir|bruler (?:la|les) graisses?|mycose|varices|impuissance)\b/,
      nl: /\b(?:afvallen|kilo's kwijt|vetverbrand\w{2,4}|schimmelnagel\w{0,2}|spataderen)\b/,
    },
  },
  {
    code: 'advanceFee',
    weight: 3.2,
    selfStanding: true,
    explanation: 'offers a share of a fortune, a grant or a deal to a stranger',
    patterns: {
      en: /\bnext of kin\b|\binheritance (?:fund|money)|\b(?:beneficiary|benefactor)\b[^]{0,120}\b(?:fund|grant|million|donat\w{2,4})|\b(?:fund|grant|million|donat\w{2,4})\b[^]{0,120}\b(?:beneficiary|benefactor)\b|\bunclaimed (?:fund|inheritance)|(?:us)?[$€£] ?(?:\d{1,3}[.,]\d{3}[.,]\d{3}|\d{3}[.,]\d{3}|\d[\d.,]* ?(?:million|m\b))[^]{0,120}\b(?:donat\w{2,4}|for the purpose of charity|compensation|transfer to your|atm (?:visa )?card|(?:randomly )?selected individuals)|\b(?:million|hundred thousand) (?:us |united states )?(?:dollars|euros?)\)? (?:each )?to (?:you|some|randomly)|\bhas donated\b|\bgiving the sum\b|\bmillion (?:us |united states )?(?:dollars|euros?)\b[^]{0,200}\b(?:transfer(?:red)? (?:to|into) your|your (?:bank )?account|for both of us|next of kin|deceased)|\bcompensation fund\b|\batm (?:visa )?card\b|\brandomly selected to receive\b|\bbusiness proposal\b[^]{0,400}\b(?:deceased|million|late customer|private banking|concerning a customer|regarding a cus)|\b(?:deceased|late) (?:customer|client|husband|relative)\b[^]{0,200}\b(?:fund|account|million|deposit)|\b(?:potential|lucrative) (?:business )?(?:partnership|deal)\b[^]{0,120}\b(?:crude oil|gold|diamonds?|commission)|\b(?:world bank|bank of africa|united nations)\b[^]{0,300}\b(?:fund|atm|compensation|transfer|lucky)|\bi have (?:a )?(?:good news|project|proposal|transaction) for you\b|\bdear (?:beneficiary|fund owner|e-?mail owner|lucky winner)\b|\bi am (?:dying|a widow|suffering from)[^]{0,200}\b(?:cancer|charity|donate|orphan\w{0,4}|god)/,
      de: /\b(?:erbschaft|erbe von|hinterlassen)\b[^]{0,120}\b(?:million\w{0,2}|begunstigt\w{1,3}|bank)|\bspende (?:in hohe )?von\b[^]{0,60}(?:\bmillion\w{0,2}\b|\d{1,3}[. ]\d{3}[. ]\d{3})|\b(?:sehr geehrter? )?begunstigte\w?\b|\bmillionen (?:euro|dollar)\b[^]{0,100}\b(?:spende\w?|uberweis\w{2,4}|erhalten)/,
      fr: /\bheritage de\b|\bdon (?:de|d'un montant)\b[^]{0,60}(?:\bmillions?\b|\d{1,3}[. ]\d{3}[. ]\d{3})|\bmillions? (?:d'euros|de dollars)\b[^]{0,100}\b(?:don|compte|heritage|transfert)|\bgravement malade\b[^]{0,200}\b(?:don|leguer|heritage)/,
      es: /\bherencia de\b|\bdonacion (?:de|por)\b[^]{0,60}(?:\bmillones\b|\d{1,3}[. ]\d{3}[. ]\d{3})|\bmillones de (?:euros|dolares)\b[^]{0,100}\b(?:donacion|cuenta|transfer\w{2,5}|fondo)/,
      pt: /\bheranca de\b|\bdoacao de\b[^]{0,60}(?:\bmilh(?:ao|oes)\b|\d{1,3}[. ]\d{3}[. ]\d{3})|\bmilhoes de (?:euros|dolares|reais)\b[^]{0,100}\b(?:doacao|conta|transfer\w{2,5}|fundo)|\bcancer\b[^]{0,300}\b(?:caridade|heranca|doar|doacao|deus|fortuna|obras)|\b(?:tenho|temos) (?:uma )?boas? noticias? para (?:voce|si)\b/,
      it: /\beredita di\b|\bdonazione di\b[^]{0,60}(?:\bmilioni\b|\d{1,3}[. ]\d{3}[. ]\d{3})/,
    },
  },
  {
    code: 'extortion',
    weight: 3.6,
    selfStanding: true,
    explanation: 'threatens to publish something unless money is paid',
    patterns: {
      en: /\b(?:bitcoins?|btc|wallet)\b[^]{0,2000}\b(?:recorded you|your (?:webcam|camera)|masturbat\w{2,5}|intimate video|compromising)|\b(?:recorded you|your (?:webcam|camera)|masturbat\w{2,5}|hacked your (?:device|account|operating))\b[^]{0,2000}\b(?:bitcoins?|btc)\b/,
      de: /\b(?:bitcoins?|btc)\b[^]{0,2000}\b(?:webcam|kamera|aufgenommen|masturb\w{2,6})|\b(?:webcam|kamera|masturb\w{2,6})\b[^]{0,2000}\b(?:bitcoins?|btc)\b/,
      fr: /\b(?:bitcoins?|btc)\b[^]{0,2000}\b(?:webcam|camera|masturb\w{2,6})|\b(?:webcam|masturb\w{2,6})\b[^]{0,2000}\b(?:bitcoins?|btc)\b/,
      es: /\b(?:bitcoins?|btc)\b[^]{0,2000}\b(?:camara|masturb\w{2,6}|grabe)|\b(?:camara|masturb\w{2,6})\b[^]{0,2000}\b(?:bitcoins?|btc)\b/,
    },
  },
  {
    code: 'storage',
    weight: 2,
    explanation: 'says that storage or a mailbox is full',
    patterns: {
      en: /\b(?:storage|mailbox|inbox|quota|cloud)\b[^]{0,40}\b(?:full|exceeded|almost full|could be full|limit (?:reached|exceeded)|suspended|out of space|at risk)|\b(?:photos|videos|files|data)\b[^]{0,40}\b(?:will be (?:deleted|lost)|could be at risk|at risk)|\b\d+ messages? (?:pending|blocked|undelivered|held)\b|\bcloud (?:storage|account|support|data)\b[^]{0,60}\b(?:alert|renew\w{0,3}|declined|suspen\w{2,4}|expired?)/,
      de: /\b(?:speicher\w{0,12}|postfach|cloud-?speicher)\b[^]{0,60}\b(?:voll|uberschritten|erreicht|erschopft)|\bfotos\b[^]{0,40}\bgeloscht/,
      fr: /\b(?:stockage|boite (?:mail|de reception|aux lettres))\b[^]{0,60}\b(?:plein|sature|depasse|complet)/,
      es: /\b(?:almacenamiento|buzon)\b[^]{0,60}\b(?:lleno|excedid\w|completo)/,
      pt: /\b(?:armazenamento|caixa de (?:entrada|correio))\b[^]{0,60}\b(?:chei[oa]|excedid\w|lotad\w)/,
      nl: /\b(?:opslag\w{0,8}|mailbox|postvak)\b[^]{0,60}\b(?:vol\b|overschreden|bijna vol)/,
    },
  },
  {
    code: 'renewal',
    weight: 1.8,
    explanation: 'says that a subscription has run out and leaves the reader unprotected',
    patterns: {
      en: /\b(?:subscription|protection|antivirus|membership|license|licence|plan)\b[^]{0,50}\b(?:(?:has |is )?(?:expired|expiring)|expires|will be (?:cancel\w{1,5}|charged)|auto-?renew\w{0,3})|\bdevices? (?:is|are|may be) (?:unprotected|vulnerable|infected|at risk)|\byour (?:membership|payment details)\b[^]{0,30}\b(?:action|update)/,
      de: /\b(?:abonnement|abo|schutz|lizenz|antivirus|mcafee\S{0,12}|norton\S{0,12})\b[^]{0,60}\b(?:abgelaufen|lauft ab|aktualisiert|erneuer\w{1,4}|verlanger\w{1,4})|\bgerate\b[^]{0,40}\b(?:ungeschutzt|anfallig|gefahrdet)/,
      fr: /\b(?:abonnement|protection|antivirus)\b[^]{0,60}\b(?:expir\w{1,3}|renouvel\w{1,5}|prend fin)/,
      es: /\b(?:suscripcion|proteccion|antivirus)\b[^]{0,60}\b(?:caducad\w|vencid\w|expir\w{1,4}|renov\w{1,4})/,
      pt: /\b(?:assinatura|protecao|antivirus|cadastro)\b[^]{0,60}\b(?:expirad\w|expirou|vencid\w|renov\w{1,4})/,
      nl: /\b(?:abonnement|bescherming|antivirus)\b[^]{0,60}\b(?:verlopen|verloopt|verleng\w{0,2})/,
    },
  },
  {
    code: 'authority',
    weight: 1.8,
    explanation: 'speaks as a tax office, the police or a court',
    patterns: {
      en: /\b(?:tax|irs|hmrc)\b[^]{0,40}\b(?:refund|rebate|overdue|penalty|audit notice)|\b(?:federal bureau|anti-?terrorist|interpol|europol)\b[^]{0,400}\b(?:fund|payment|arrest|compensation|official advice|certificate)|\b(?:unpaid|outstanding) (?:toll|fine|parking)\b|\bcourt (?:summons|notice)\b[^]{0,60}\b(?:attached|download|open)/,
      de: /\b(?:steuer|elster|finanzamt|zoll|bußgeld|bussgeld)\w{0,6}\b[^]{0,60}\b(?:erstattung|ruckzahlung|mahnung|gebuhr|frist)|\bpfandung\b/,
      fr: /\b(?:impots?|ameli|amende|antai|cpf|carte vitale|caf)\b[^]{0,80}\b(?:rembours\w{2,6}|mise a jour|impaye\w{0,2}|regl\w{2,4}|droits|verification|expire)/,
      es: /\b(?:agencia tributaria|hacienda|dgt|multa)\b[^]{0,80}\b(?:reembolso|devolucion|pendiente|pago|notificacion)/,
      pt: /\b(?:receita federal|detran|cnh|cpf|fiscal|tributos?|cadin|serasa)\b[^]{0,80}\b(?:irregular\w{0,6}|suspens\w{1,4}|pendenc\w{2,4}|divergencia|regulariz\w{1,5}|bloque\w{1,4}|notificacao|urgente|restric\w{2,4})|\bnotificacao oficial\b/,
      nl: /\b(?:belastingdienst|cjib|digid|boete)\b[^]{0,80}\b(?:teruggave|openstaand\w?|betal\w{1,4}|verlop\w{1,3}|verif\w{2,6})/,
      it: /\b(?:agenzia delle entrate|inps|spid|multa)\b[^]{0,80}\b(?:rimborso|pagament\w|scadenz\w|sospes\w)/,
    },
  },
  {
    code: 'callback',
    weight: 1.6,
    explanation: 'bills for something that nobody ordered and gives a number to call',
    patterns: {
      en: /\b(?:thank you for your (?:recent )?(?:purchase|order|payment)|payment confirmation|transaction (?:id|date)|receipt (?:number|for)|has been (?:charged|debited)|successfully (?:renewed|charged))\b[^]{0,1500}\b(?:did not (?:authori[sz]e|make|place)|didn'?t (?:authori[sz]e|make|place)|(?:to )?cancel|dispute|refund|support|help ?desk|contact us|customer service|call us)\b[^]{0,300}(?:\+ ?1[\s(.-]{0,3}\d{3}|\b1?[\s(.-]{0,2}8\d\d[\s).-]{1,3}\d{3}|\(\d{3}\) ?\d{3})|\b(?:technical support|support|help ?desk|toll[- ]?free) (?:number|line)?\b[^]{0,20}(?:\+ ?1|8\d\d)[\s().-]{0,3}\d{2,3}[^]{0,1500}\b(?:transaction|receipt|order|payment|charged)/,
      pt: /\b(?:nao reconhe\w{2,4}|caso nao)\b[^]{0,100}\b(?:ligue|0800)\b|\bligue para\b[^]{0,40}\b0800/,
    },
  },
  {
    code: 'document',
    weight: 1.3,
    explanation: 'asks to open a shared document, a voice message or an order that came unasked',
    patterns: {
      en: /\b(?:shared|sent you|received|have) (?:a |an |new |\d+ )*(?:new |secure |encrypted |confidential |important )*(?:\W?secure document\W?|documents? (?:ready|for (?:your )?(?:review|signature))|voice ?(?:mail|message)|fax (?:message|document)|e-?fax)|\breview (?:and sign )?(?:the )?documents?\b|\bview (?:the )?(?:secure |shared |encrypted )?(?:document|voicemail|fax)\b|\bsecure document\b|\bplease confirm receipt\b|\border confirmation -|\bpending order\b|\bnew message awaits\b|\b2nd attempt for\b|\bconfirmation \[?#/,
      de: /\b(?:dokument|voicemail|sprachnachricht|fax)\b[^]{0,60}\b(?:freigegeben|erhalten|ansehen|offnen|unterzeichn\w{1,3})/,
      fr: /\b(?:document|message vocal|fax)\b[^]{0,40}\b(?:a ete partage|partage avec vous|a consulter|en attente|a signer|pour signature)/,
      es: /\b(?:documento|mensaje de voz|fax)\b[^]{0,60}\b(?:compartid\w|revis\w{1,4}|firmar|pendiente)/,
    },
  },
  {
    code: 'unasked',
    weight: 1.8,
    explanation: 'offers a loan, an insurance or a service to strangers',
    patterns: {
      en: /\b(?:personal|payday|instant) loans?\b|\bloans? from \$|\$[\d,]+ ?- ?\$[\d,]+\b|\b(?:home|auto|car|life|homeowners?)[- ]?(?:\w+ )?(?:insurance|warranty|protection|repair bills)\b[^]{0,120}\b(?:quotes?|rates?|compare|save|free|plan|service|offers?|\.com)|\bterm life insurance\b|\btimeshare\b|\bfree (?:medicare|quote|kit)\b|\bmedicare\b[^]{0,60}\b(?:kit|offer|free|benefits)|\blawn (?:service|plan)\b|\biptv\b|\b\d{1,2}[,.]?\d{3}\+? (?:live|global|premium)?[- ]?(?:channels|sender|kanale|chaines|canales)|\bsolar panel\w?\b[^]{0,60}\b(?:quote|save|free|incentive)|\b(?:(?:gutter|roof(?:ing)?) (?:guards?|replacement|repair|quotes?)|walk-?in (?:tub|shower)|window replacement|bath remodel|hearing aids?|dental implants?|debt (?:relief|consolidation)|student loans?|credit (?:score|repair)|refinanc\w{1,4}|tax (?:relief|debt)|life settlement|reverse mortgage|car (?:shield|warranty)|extended warranty|burial insurance|final expense)\b|\bseo (?:services|proposal|audit)\b|\b(?:guest post|backlinks)\b|\bmake \$\d|\bearn (?:up to )?\$\d|\bwork from home\b/,
      de: /\bkredit ohne schufa\b|\bsofortkredit\b|\b\d{1,2}[.,]?\d{3}\+? (?:live-?)?(?:sender|kanale)\b|\benergiepreise\b[^]{0,60}\bvergleich/,
      fr: /\brachat de credits?\b|\bsimulation de\b[^]{0,30}\bcredits?|\bmutuelle\b[^]{0,60}\b(?:devis|compar\w{2,5})|\bpanneaux solaires\b|\bisolation a 1|\bpompe a chaleur\b/,
      nl: /\benergieprijzen\b|\btariefche\w{1,3}|\bpensioentekort\b|\bgratis (?:tariefcheck|offerte)|\b\d{1,2}[.,]?\d{3} (?:zenders|kanalen)\b/,
      fi: /\blainanantaji\w{1,3}\b|\blainatarjou\w{2,5}\b|\bedullinen laina\b/,
      es: /\bprestamos? (?:rapidos?|personales?|sin)\b/,
    },
  },
  {
    code: 'offer',
    weight: 0.6,
    explanation: 'presses its reader to take an offer at once',
    patterns: {
      en: /\b(?:limited[- ]time|act (?:fast|now)|order (?:now|yours|today)|claim (?:now|it|yours|today)|get (?:yours|started)|grab (?:your|yours|it|this)|exclusive (?:offer|deal|access|invitation|savings)|special (?:offer|price|deal|promotion)|save (?:up to|big|now)|\d+ ?% (?:off|discount)|free (?:trial|sample|shipping|access|quote|consultation|estimate|kit|gift)|100 ?% free|no (?:cost|obligation|credit check|strings)|risk[- ]free|today only|while supplies last|don'?t miss|join (?:now|today|the)|sign up (?:now|today)|see if you qualify|check (?:your )?eligibility|you (?:may )?qualify|start (?:now|today|saving)|compare rates|(?:simple|weird|one|secret) (?:trick|method|hack)|limited (?:offer|stock|spots)|unlock (?:your|exclusive)|click (?:here|below|the (?:link|button)))\b/,
      de: /\b(?:jetzt (?:sichern|bestellen|starten|teilnehmen|registrieren|beitreten|anmelden|testen|zugreifen|anfordern|mitmachen|prufen|ansehen)|nur fur kurze zeit|kostenlos(?:e\w?)?|gratis|rabatt|sonderangebot|exklusiv\w{0,2}|sparen sie|sichern sie sich|sichere dir|ohne risiko|klicken sie|klick\w? hier|limitiertes? angebot|melden sie sich|verpassen sie)\b/,
      fr: /\b(?:profite[rz]|offre (?:exclusive|limitee|speciale)|clique[rz] ici|gratuit(?:e|ement)?|decouvrez|ne manquez pas|inscrivez-vous|en exclusivite|sans engagement|economis\w{2,4}|economies immediates|obtenez)\b/,
      nl: /\b(?:klik hier|gratis|nu (?:bestellen|aanmelden|bekijken|proberen)|korting|bespa\w{2,4}|alleen vandaag|ontdek|profiteer|exclusie\w{1,3}|meld je|wacht niet)\b/,
      pt: /\b(?:clique (?:aqui|no|abaixo)|aproveit\w{1,3}|gratis|gratuit\w|promocao|imperdivel|descontos?|ultim[ao]s (?:vagas|horas|unidades)|exclusiv\w{1,2}|garanta|acesse (?:agora|aqui)|nao perca)\b/,
      es: /\b(?:haga clic|haz clic|aprovech\w{1,3}|gratis|descuentos?|no te pierdas|ultimas (?:plazas|horas|unidades)|oferta (?:exclusiva|especial|limitada))\b/,
      it: /\b(?:clicca qui|gratis|offerta (?:esclusiva|speciale|limitata)|sconto|approfitta|non perdere)\b/,
      nordic: /\b(?:klicka har|klikk her|klik her|klikkaa tasta|ilmai\w{2,4}|erbjudande|tilbud|tarjou\w{2,6})\b/,
    },
  },
  {
    code: 'message',
    weight: 1.3,
    explanation: 'says that a message, a login or a transaction waits to be looked at',
    patterns: {
      en: /\b(?:you have|you've got|there (?:is|are)) (?:\(?\d+\)? |a |one |an )?(?:new |unread |pending |important |private |secure |undelivered )+(?:e-?mails?|messages?|notifications?|documents?|voice ?mails?|alerts?|deliver\w{1,4})|\b(?:security|account|login|transaction|payment|fraud|billing) (?:alert|notice|notification|warning|verification)\b|\bpassword (?:will )?(?:expires?|expired|expiration|reset required)|\b(?:invoice|payment|wire|remittance|statement|purchase order)\b[^]{0,40}\b(?:attached|overdue|past due|advice|copy|due today)|\b(?:your|an?) order\b[^]{0,40}\b(?:cancel\w{0,5}|on hold|suspended|confirmation needed)/,
      de: /\b(?:sie haben|du hast) (?:\(?\d+\)? |eine? |mehr als )?(?:neue|ungelesene|wichtige|ausstehende|private)\w? (?:nachricht\w{0,2}|mitteilung\w{0,2}|benachrichtigung\w{0,2}|rechnung\w{0,2})|\bwichtige (?:mitteilung|nachricht|information|sicherheits\w{4,12})|\bsicherheits(?:hinweis|warnung|meldung|update|uberprufung|grunden)|\b(?:rechnung|mahnung|zahlung)\b[^]{0,40}\b(?:offen|uberfallig|anhang|fehlgeschlagen|ausstehend)/,
      fr: /\bvous avez (?:\(?\d+\)? |un |une )?(?:nouveaux?|nouvelle|important\w?|prive)\w? (?:messages?|notifications?|documents?|factures?)|\b(?:alerte|avis) (?:de )?(?:securite|important\w?)|\bfacture\b[^]{0,40}\b(?:impayee|en attente|jointe)/,
      es: /\btiene (?:\(?\d+\)? |un |una )?(?:nuevos?|nueva|importantes?) (?:mensajes?|notificacion\w{0,2}|documentos?|facturas?)|\b(?:alerta|aviso) (?:de )?(?:seguridad|importante)|\bfactura\b[^]{0,40}\b(?:pendiente|adjunt\w|vencida)/,
      pt: /\b(?:nova mensagem|novas mensagens|aviso importante|alerta de seguranca|alerta|comunicado (?:importante|oficial)|nota fiscal|boleto|fatura|comprovante|2a via|segunda via)\b/,
      nl: /\bu (?:heeft|hebt) (?:\(?\d+\)? |een )?(?:nieuwe?|ongelezen|belangrijke?) (?:bericht\w{0,2}|melding\w{0,2}|document\w{0,2})|\bje hebt (?:\(?\d+\)? |een )?(?:nieuwe?|ongelezen) |\bbelangrijke? (?:mededeling|melding|bericht)|\bfactuur\b[^]{0,40}\b(?:openstaand|bijlage|herinnering)/,
      it: /\b(?:hai|ha) (?:\(?\d+\)? |un |una )?(?:nuov\w|important\w) (?:messagg\w{1,2}|notific\w|document\w|fattur\w)|\bavviso (?:di sicurezza|importante)/,
    },
  },
];
