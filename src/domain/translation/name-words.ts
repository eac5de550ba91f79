/** Words of names that are ordinary words too: at the beginning of a sentence they are taken for those. */
export const ALSO_WORDS: ReadonlySet<string> = new Set(
  (
    'april art august bell best bill black brown chase cook day dean drew faith fields frank gene glad good grace grant ' +
    'green hall hill hope hunter jack jean joy june king law lee long love major mark may miles miller moore more noble ' +
    'page park pat penny pierce price rich rob rose ruby sage shall short sky smart smith stone sue summer swift van ' +
    'west white will wood woods worth young alba alegre blanca bravo campos cruz dolores flor gloria leal luz mar ' +
    'mercedes moreno nieves pilar prado rey rojo rosa santos sol soledad valle vega'
  ).split(' '),
);

/** In the display name of a role or a machine: its single words are ordinary ones. */
export const ROLE_WORDS =
  /\b(?:accounts?|admin(?:istration)?|billing|booking|care|center|centre|clientes|club|contact|customers?|daemon|department|desk|equipo|finance|group|grupo|help|hr|info|list|mailer|marketing|news(?:letter)?|no-?reply|notifications?|office|orders?|sales|security|services?|servicio|shop|soporte|store|support|system|team|ventas|webmaster|équipe)\b/iu;

/** Written with a capital inside a sentence and no name: what a translator must see. */
const CAPITALISED_WORDS: ReadonlySet<string> = new Set(
  (
    'i monday tuesday wednesday thursday friday saturday sunday january february march april may june july august ' +
    'september october november december mon tue wed thu fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec ' +
    'christmas easter internet ' +
    'english spanish french german italian portuguese catalan dutch polish russian chinese japanese american british ' +
    'european swiss austrian mexican canadian ' +
    'mr mrs ms dr prof sir madam sr sra srta don doña ud uds usted ustedes m mme mlle monsieur madame mademoiselle ' +
    'dear hi hello hey hola estimado estimada estimados querido querida bonjour salut cher chère ' +
    'thanks thank regards best kind sincerely yours cheers gracias saludos atentamente cordialement merci'
  ).split(' '),
);

export function isOrdinaryCapital(word: string): boolean {
  return CAPITALISED_WORDS.has(word.toLowerCase().replace(/['’].*$/u, ''));
}
