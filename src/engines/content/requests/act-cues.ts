import { PhraseBook } from '../../language/phrases.js';

/** What a phrase shows of what its sentence does. */
export type Cue =
  | 'please'
  | 'pleaseOnly'
  | 'asksReader'
  | 'wantsToKnow'
  | 'wantsDone'
  | 'wouldThank'
  | 'welcomes'
  | 'obliges'
  | 'willDo'
  | 'offersToDo'
  | 'plansToDo'
  | 'willNot'
  | 'willThink'
  | 'meeting'
  | 'proposes'
  | 'mentionsMeeting'
  | 'proposesTime'
  | 'sparesTime'
  | 'moves'
  | 'cancels'
  | 'courtesy'
  | 'disclaims';

const phrases = (cue: Cue, list: string): [string, Cue][] => list.split('|').map((phrase) => [phrase.trim(), cue]);

/** Requests, commitments and proposals by the phrases that show them, in English, German, French and Spanish. */
export const CUES = new PhraseBook<Cue>([
  ...phrases(
    'please',
    `please|pls|plz|kindly|bitte|veuillez|merci de|merci d'|priere de|je vous prie de|je te prie de|s'il vous plait|s'il te plait|
    por favor|le ruego|les ruego|te ruego`,
  ),
  // These tell, excuse or point: nobody is asked for anything.
  ...phrases(
    'pleaseOnly',
    `please note|please find|please excuse|please forgive|please accept|please be advised|please be aware|please disregard|please ignore|please do not reply|
    bitte beachten|bitte entschuldigen|bitte verzeihen|anbei|veuillez trouver|veuillez noter|veuillez agreer|veuillez excuser|veuillez recevoir|
    por favor disculpe|por favor disculpen|tenga en cuenta|por favor no responda`,
  ),
  ...phrases(
    'asksReader',
    `could you|can you|would you|will you|could anyone|can anyone|could someone|can someone|would anyone|would someone|can people|could people|can we|could we|may i|might i|
    can i get|can i have|could i get|could i have|do you|did you|have you|are you|were you|does anyone|does anybody|has anyone|has anybody|is anyone|is anybody|
    is there a|is there an|is there any|are there any|are there other|any chance|any news|any update|any idea|any ideas|any thoughts|any comments|what about|how about|is it possible|would it be possible|
    konnen sie|konnten sie|kannst du|konntest du|konnt ihr|konntet ihr|wurden sie|wurdest du|haben sie|hast du|sind sie|bist du|ware es moglich|ist es moglich|gibt es|weiss jemand|kann jemand|konnte jemand|hat jemand|
    darf ich|durfte ich|pouvez vous|pourriez vous|peux tu|pourrais tu|avez vous|as tu|etes vous|est ce que|serait il possible|est il possible|quelqu'un peut|quelqu'un sait|y a t il|puis je|
    puede|puedes|podria|podrias|podrian|pueden|tiene usted|tienes|tienen|seria posible|es posible|alguien sabe|alguien puede|hay alguna|hay algun`,
  ),
  ...phrases(
    'wantsToKnow',
    `let me know|let us know|i would like to know|i'd like to know|we would like to know|like to hear|i was wondering|i am wondering|i'm wondering|just wondering|wondering if|wondering whether|
    my question is|my questions are|the question is|i wonder if|i wonder whether|i'd be interested|i would be interested|tell me|tell us|give me an idea|keep me posted|get back to me|get back to us|
    your thoughts|your opinion|your opinions|your input|your view|your views|your comments|
    sagen sie mir|sag mir|geben sie mir bescheid|gib mir bescheid|bescheid geben|geben sie bescheid|gib bescheid|lassen sie mich wissen|lass mich wissen|teilen sie mir mit|teilen sie uns mit|ich wusste gern|ich mochte wissen|ich frage mich|
    dites moi|dis moi|dites nous|faites moi savoir|fais moi savoir|tenez moi au courant|tiens moi au courant|j'aimerais savoir|je voudrais savoir|je me demande|
    digame|dime|diganos|hagame saber|hazme saber|avisame|aviseme|avisenos|me gustaria saber|quisiera saber|me pregunto`,
  ),
  ...phrases(
    'wantsDone',
    `looking for|i am seeking|i'm seeking|we are seeking|i need|i ask you|i ask that|we ask that|asking you to|
    over to you|action item|your action|take care of|be sure to|make sure|don't forget|do not forget|remember to|feel free to|
    ich brauche|wir brauchen|ich benotige|wir benotigen|denken sie daran|denk daran|vergessen sie nicht|vergiss nicht|um ruckmeldung|
    j'ai besoin|nous avons besoin|n'oubliez pas|n'oublie pas|pensez a|pense a|assurez vous|
    necesito|necesitamos|solicito|solicitamos|no olvide|no olvides|asegurese`,
  ),
  ...phrases(
    'wouldThank',
    `i'd appreciate|i would appreciate|we would appreciate|we'd appreciate|would be appreciated|is appreciated|be greatly appreciated|much appreciated|i would be grateful|i'd be grateful|would be grateful|
    i want you to|we want you to|i need you to|we need you to|i'd like you to|i would like you to|we would like you to|i encourage|we encourage|i urge|we urge|i invite|we invite|
    ich ware dankbar|wir waren dankbar|ware ich dankbar|waren wir dankbar|ich bitte|wir bitten|je vous saurais gre|je vous serais reconnaissant|je vous demande|nous vous demandons|le agradeceria|les agradeceria|te agradeceria|agradeceria|agradeceriamos|le ruego|les pido|le pido`,
  ),
  ...phrases(
    'welcomes',
    `are welcome|is welcome|most welcome|comments welcome|feedback welcome|suggestions welcome|volunteers|
    sind willkommen|ist willkommen|sont les bienvenus|sont les bienvenues|sont bienvenus|seran bienvenidos|son bienvenidos|son bienvenidas`,
  ),
  ...phrases(
    'obliges',
    `you should|you must|you need to|you have to|you are required to|you are asked to|must be returned|must be received|must be submitted|everyone should|everybody should|all of you should|needs to be|
    sie mussen|du musst|ihr musst|sie sollten|du solltest|vous devez|tu dois|vous devriez|il vous faut|il faut que vous|debe|debes|deben|tiene que|tienes que|tienen que`,
  ),
  ...phrases(
    'willDo',
    `i will|i'll|i shall|we will|we'll|we shall|i am going to|i'm going to|we are going to|we're going to|i promise|we promise|i commit|i undertake|will do|
    ich werde|wir werden|ich kummere mich|wir kummern uns|ich schicke|ich sende|ich melde mich|wir melden uns|ich rufe|ich gebe ihnen|ich gebe dir|ich erledige|ich ubernehme|ich verspreche|wird erledigt|
    je vais|nous allons|je vous enverrai|je t'enverrai|j'enverrai|je ferai|je vous ferai|je vous tiendrai|je te tiendrai|je vous rappelle|je te rappelle|je reviens vers|je m'en occupe|nous nous en occupons|je m'engage|je m'occupe|nous vous enverrons|nous enverrons|je prendrai|
    voy a|vamos a|enviare|enviaremos|le enviare|te enviare|les enviare|hare|lo hare|me encargo|me encargare|nos encargamos|me comprometo|le llamare|te llamare|le informare|me ocupare|revisare|preparare|mandare`,
  ),
  ...phrases(
    'offersToDo',
    `i can|i could|we can|we could|i am happy to|i'm happy to|i would be happy to|i'd be happy to|we are happy to|happy to|glad to|i am willing to|i'm willing to|i volunteer|i offer|i would be glad|i'd be glad|
    ich kann|wir konnen|gern ubernehme ich|ich biete an|je peux|je pourrais|nous pouvons|je me propose|je suis pret|puedo|podemos|me ofrezco|con gusto`,
  ),
  ...phrases(
    'plansToDo',
    `i plan to|we plan to|i am planning|i'm planning|we are planning|i hope to|i do hope|we hope to|i intend to|we intend to|i expect to|we expect to|i am trying to|i'll try|i will try|will try to|
    will be posted|will be sent|will be available|will follow|i promised|
    ich habe vor|ich plane|wir planen|ich hoffe zu|ich versuche|wir haben vor|je compte|nous comptons|j'ai l'intention|je prevois|j'espere pouvoir|j'essaie|j'essaierai|
    tengo previsto|pienso|espero poder|tenemos previsto|tengo la intencion|intentare|tratare de`,
  ),
  ...phrases(
    'willNot',
    `will not|won't|cannot|can't|am not going|not be able|unable to|not going to|nicht|kein|keine|ne vais pas|ne pourrai pas|ne peux pas|no voy|no podre|no puedo`,
  ),
  // What only the mind does is no promise.
  ...phrases(
    'willThink',
    `i'll admit|i will admit|i'll bet|i'll say|i'll assume|i'll grant|i'll be honest|i will say|i can see|i can imagine|i can only|i could see|i can think|i can understand|i could imagine|i can tell|we can see|we could see|
    i will assume|i would say|we will see|we'll see|i will miss|i'll miss|i shall be|je peux comprendre|puedo entender|ich kann verstehen`,
  ),
  ...phrases(
    'meeting',
    `meet|meeting|meetings|meet up|teleconference|telecon|conference call|video call|video conference|a call|short call|quick call|phone call|chat|lunch|breakfast|coffee|dinner|drinks|get together|catch up|sit down|
    face to face|f2f|appointment|workshop|session|interview|kick off|kickoff|walkthrough|site visit|visit|demo|demonstration|handover|drop by|stop by|come by|swing by|
    treffen|termin|terminvorschlag|besprechung|telefonat|telefonieren|telefontermin|sitzung|mittagessen|fruhstuck|abendessen|kaffee|gesprach|vorstellungsgesprach|kennenlernen|zusammensetzen|zusammenkommen|abstimmen|
    videokonferenz|videocall|videoanruf|ortstermin|besichtigung|vorfuhrung|ubergabe|sehen wir uns|uns sehen|essen gehen|vorbeikommen|
    reunion|rencontre|rencontrer|rendez vous|rdv|visio|visioconference|dejeuner|diner|cafe|entretien|entrevue|un appel|appel telephonique|nous voir|se voir|se retrouver|nous retrouver|visite|demonstration|passer a votre|passer vous voir|
    reunirnos|nos reunamos|nos reunimos|encuentro|cita|llamada|vernos|nos veamos|videollamada|almuerzo|almorzar|comer juntos|cenar|cenamos|comemos|cafe|quedar|quedamos|entrevista|visita|demostracion|pasar por su|pasar por tu`,
  ),
  ...phrases(
    'proposes',
    `i suggest|we suggest|i propose|we propose|let's|let us|shall we|could we|can we|should we|is proposing|proposed|set up a|schedule a|arrange a|book a|would you like to|do you want to|i'd like to|i would like to|we would like to|we'd like to|
    invite you|can i|could i|may i|
    ich schlage vor|schlage ich vor|wir schlagen vor|wollen wir|sollen wir|konnen wir|konnten wir|lass uns|lasst uns|lassen sie uns|lade ich sie|laden wir sie|mochte sie einladen|mochten sie einladen|einladen|kann ich|darf ich|mochte ich|
    je propose|nous proposons|je vous propose|nous vous proposons|je te propose|pourrions nous|pouvons nous|on se voit|on se fait|vous inviter|vous invitons|vous invite|puis je|
    propongo|proponemos|le propongo|te propongo|podemos|podriamos|nos vemos|invitarle|invitarla|invitarlo|invitaros|le invitamos|la invitamos|puedo`,
  ),
  ...phrases(
    'proposesTime',
    `how about|what about|how does|are you free|you are free|you're free|would you be free|are you around|are you available|you are available|would you be available|be available|are we all available|does it suit|would it suit|suit you|suits you|
    work for you|works for you|work for everyone|what time|
    passt ihnen|passt es ihnen|passt dir|passt es dir|passt euch|ihnen passen|dir passen|euch passen|haben sie zeit|hatten sie zeit|hast du zeit|hattest du zeit|habt ihr zeit|wie ware es|sind sie verfugbar|sind sie frei|bist du frei|
    sie verfugbar|
    etes vous disponible|etes vous libre|seriez vous disponible|seriez vous libre|es tu disponible|es tu libre|vous convient|vous convenir|vous conviendrait|te convient|te conviendrait|que diriez vous|que dirais tu|
    le viene bien|te viene bien|les viene bien|os viene bien|le vendria bien|te vendria bien|esta disponible|estan disponibles|estas disponible|estaria disponible|esta libre|estas libre|tendria tiempo|tendrias tiempo|tiene tiempo|tienes tiempo|
    que le parece|que te parece|que tal`,
  ),
  // In a question alone.
  ...phrases(
    'sparesTime',
    `half an hour|an hour|a few minutes|ten minutes|fifteen minutes|a moment for|time for|time to talk|
    halbe stunde|stunde zeit|minuten zeit|kurz zeit|zeit fur|une demi heure|une heure|quelques minutes|du temps pour|media hora|una hora|unos minutos|un rato|tiempo para`,
  ),
  ...phrases(
    'moves',
    `move the meeting|move our meeting|move our call|move the call|postpone|reschedule|bring forward|push back|push the meeting|another time|another day|
    verschieben|verlegen|ein anderer termin|einen anderen termin|reporter|decaler|deplacer|une autre date|aplazar|posponer|cambiar la cita|cambiar la reunion|mover la reunion|otro dia`,
  ),
  ...phrases(
    'cancels',
    `cancel|cancelled|canceled|call off|called off|absagen|abgesagt|stornieren|storniert|annuler|annule|annulee|cancelar|cancelado|cancelada|anular|anulado`,
  ),
  // Said at the end of every second mail, and meant of nobody in particular.
  ...phrases(
    'courtesy',
    `if you have any questions|if you have questions|if you have any question|should you have any questions|if there are any questions|have any questions or|any further questions|any other questions|if you need any additional|
    if you need anything|if you need any further|if you require any|be of further assistance|be of any assistance|further assistance|don't hesitate|do not hesitate|feel free to contact|feel free to call|feel free to give|
    bei fragen|bei ruckfragen|fur fragen|fur ruckfragen|falls sie fragen haben|wenn sie fragen haben|zogern sie nicht|
    si vous avez des questions|pour toute question|n'hesitez pas|n'hesite pas|en cas de question|
    si tiene alguna pregunta|si tienes alguna pregunta|si tiene alguna duda|si tienes alguna duda|para cualquier duda|para cualquier consulta|no dude en|no dudes en`,
  ),
  ...phrases(
    'disclaims',
    `not the intended recipient|intended recipient|this communication|this e mail and any|is confidential|are confidential|to unsubscribe|
    nicht der richtige adressat|vertrauliche informationen|ce message est confidentiel|destinataire de ce message|este mensaje es confidencial|no es el destinatario`,
  ),
]);

const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/).filter((word) => word !== ''));

export const QUESTION_WORDS =
  words(`what when where who whom whose which how wann wo wer wem wen was welche welcher welches wie
  quel quelle quels quelles quand ou qui comment combien cuando donde quien cual cuales como cuanto cuantos que`);
export const ASKING_VERBS =
  words(`is are was were do does did can could will would should shall may has have had ist sind hat haben kann konnen
  konnte konnten est sont peut pouvez pourriez avez es son esta puede puedes podria podrias`);
/** Whom or what an inverted question begins with. */
export const ASKED =
  words(`you anyone anybody someone somebody people everyone we i there it this that the they he she your any sie du ihr jemand wir ich es
  vous tu nous il elle on usted alguien`);
/** Words that open a question to which somebody wants an answer. */
export const QUESTION_OPENERS = new Set([...QUESTION_WORDS, ...ASKING_VERBS, ...words('any anyone anybody gibt hay')]);
/** Questions that rather argue: why anybody would. */
export const ARGUING = words(
  "why isn't aren't doesn't don't wouldn't couldn't shouldn't wasn't weren't hasn't haven't warum wieso weshalb pourquoi porque",
);

/** Verbs whose bare form opens a demand in English, and the imperatives of the other three languages. */
export const DEMANDS =
  words(`send call let give forward review confirm check contact email get make take put find add update provide tell
  ask look read sign print fax mail include bring come try help remember prepare draft see advise respond reply submit approve keep change
  fix do use schedule arrange attend join consider explain describe list specify register visit complete return write post test verify
  download install open click talk stop remove delete move share discuss identify suggest book order ship pay upload attach copy choose
  select pick fill note ensure avoid replace follow clarify correct revise finish start begin bear cancel reschedule inform notify
  senden schicken sende schick schicken prufen pruf prufe bestatigen bestatige rufen ruf melden antworten antworte geben gib sag sagen lesen lies
  schauen schau unterschreiben laden komm kommen bring bringen
  envoyez envoie appelez appelle donnez donne verifiez verifie confirmez confirme repondez reponds dites faites regardez signez venez apportez
  transmettez completez remplissez
  envie enviad llame llama confirme confirma revise revisa responda responde mande manda firme firma diga traiga complete rellene conteste`);
/** What only happens to somebody or goes on in a head is no promise: `we will see`, `I will need`. */
export const UNPROMISING =
  words(`see need have want like know find encounter miss never not admit bet say assume grant guess think believe hope
  understand remember feel seem appear probably likely suppose wonder agree only get lose notice recall must mussen sehen brauchen
  voir avoir besoin falloir ver necesitar tener`);
/** Stand between the auxiliary and its verb. */
export const ADVERBS = words(
  'also then just certainly definitely now still soon gladly auch dann gern aussi alors tambien luego',
);
/** Demands that are nouns as often: what follows tells only where it is no name or number. */
export const NOUNS = words(
  'fax mail email contact call copy order book change move share use note test post review report visit answer list name',
);
/** Small words that may stand before the verb of a demand. */
export const BEFORE_DEMAND = words(
  'please pls also then so and just kindly bitte por favor ok or but do always yes no perhaps maybe well finally first second',
);
/** What follows a verb that demands; before other words the same form is a noun or tells. */
export const AFTER_DEMAND =
  words(`the a an this that these those it them me us your my our his her their its all any each some at up off out in into on
  to with for whether if what how when where which who sure care note people everyone yourself yourselves back down over as by from about
  mir uns sie die das den dem der ein eine einen es ihn ihnen mich bitte nach an ab bis
  moi nous le la les un une votre vos ce cette si a me nos el los las una su este esta`);

/** Before the name of a meeting, with its article: it is one that is known, and nobody proposes it. */
export const MENTIONS = words(
  `for before after at from in of since during regarding fur vor nach bei von seit wahrend uber im beim pour avant apres lors depuis pendant
  de du des sur para antes despues desde durante del sobre`,
);
export const INDEFINITE = words('a an another ein eine einen einem einer un une una otra otro');
