import type { NameLists } from './name-lists.js';
import type { SeededNumbers } from './random.js';

/** Things that are no organizations, as mail writes them. */
export const PRODUCTS: readonly string[] =
  'Linux,Windows,Windows XP,Unix,Solaris,FreeBSD,Debian,Mandrake,Gnome,KDE,Evolution,Mozilla,Konqueror,Emacs,Perl,Python,Java,Ruby,PHP,Apache,Tomcat,Sendmail,Postfix,Mutt,Outlook,Exchange,Word,Excel,PowerPoint,Acrobat,SpamAssassin,Razor,MySQL,Samba,Squid,OpenSSL,StarOffice,XFree86,HTML,XML,SMTP,IMAP,SSH,SSL,DNS,USB,GPL,CVS,SQL,RPM,PDF,PNG,MP3,DVD,PGP,Red Hat Linux,Microsoft Office,Microsoft Word,Internet Explorer,Lotus Notes,Palm Pilot,Acme Writer,Sun Java'.split(
    ',',
  );
const NAMES =
  'Acme,Northwind,Globex,Initech,Contoso,Fabrikam,Hooli,Umbrella,Tyrell,Cyberdyne,Wonka,Aperture,Litware,Proseware,Google,Microsoft,Intel,Oracle,Yahoo,Enron,Reuters,Sony,Nokia,Boeing,Siemens,Chevron,Amazon,Cisco'.split(
    ',',
  );
const BEGINNINGS =
  'Pacific,Summit,Delta,First,National,Northern,Southern,Western,Eastern,United,General,Central,Atlantic,Global,American,Blue,Golden,Silver,Star,Sierra,Lone Star,Gulf,Mountain,Prairie,Capital,Continental,Standard,Universal,Inter,Allied'.split(
    ',',
  );
const ENDINGS =
  'Energy,Power,Gas,Electric,Bank,Trust,Systems,Software,Networks,Airlines,Group,Partners,Capital,Industries,Foods,Motors,Steel,Oil,Pipeline,Resources,Technologies,Labs,Media,Press,News,Journal,Times,Post,Daily,Insurance,Services,Holdings,Foundation,Institute,Association,Commission,Council,Agency,Authority,Committee,Team,Desk,Department'.split(
    ',',
  );
const SYLLABLES =
  'ba,be,cal,cor,dyn,den,ed,el,en,ex,fi,gen,ho,in,ka,lum,ma,mer,mir,na,nex,nor,om,or,pan,pha,pri,qua,ra,rel,sa,sol,son,tel,tra,tri,u,va,ver,vi,wex,xi,za,zen'.split(
    ',',
  );
const LAST = 'a,al,ant,co,con,ix,ex,gy,ia,is,ium,ix,net,on,or,os,tec,tel,tis,um,us,ys'.split(',');
const DIRECTIONS = ['Northern', 'Southern', 'Western', 'North', 'South', 'East', 'West', 'north', 'south', 'central'];
const COUNTRIES =
  'Germany,France,Canada,Mexico,Brazil,India,Japan,China,Texas,California,Oregon,Nevada,Florida,Ohio,London,Paris,Boston,Chicago,New York,San Francisco,Los Angeles,Houston,Washington,Europe,Asia,Africa,Nigeria,Israel,Iraq,Russia,Argentina,Ireland,England,Scotland,Australia'.split(
    ',',
  );
const STATES = 'CA,NY,TX,DC,NM,NJ,CT,FL,NC,IL,GA,NV,WI,UK,US,U.S.,UAE,NYC,LA'.split(',');
const GEOGRAPHIC =
  'River,Lake,Valley,Bay,County,Beach,Street,Avenue,Park,Hall,Building,Hotel,Airport,Station,Square'.split(',');

const capital = (name: string) => name.replace(/(^|[-' ])\p{L}/gu, (letter) => letter.toUpperCase());
const CONSONANTS = 'ABCCDDEEFGHIIJKLMNNOPPRRSSSTTUVWXA';

/** Capitals of two to five letters. */
export function acronym(random: SeededNumbers): string {
  const length = random.pick([2, 3, 3, 3, 4, 4, 5]);
  return Array.from({ length }, () => CONSONANTS.charAt(random.below(CONSONANTS.length))).join('');
}

export function invented(random: SeededNumbers): string {
  const syllables = Array.from({ length: 1 + random.below(2) }, () => random.pick(SYLLABLES)).join('');
  return capital(`${syllables}${random.pick(LAST)}`);
}

/** A name of an organization: known, invented, of capitals, by a family, by a place. */
export function organizationName(random: SeededNumbers, lists: NameLists): string {
  const surname = () => capital(random.pick(lists.surnames[random.below(2)] ?? []));
  const city = () => capital(random.pick(lists.cities));
  const kind = random.next();
  if (kind < 0.3) return acronym(random);
  if (kind < 0.45) return invented(random);
  if (kind < 0.6) return random.pick(NAMES);
  if (kind < 0.72) return `${random.pick(BEGINNINGS)} ${random.pick(ENDINGS)}`;
  if (kind < 0.78) return `${invented(random)} ${random.pick(ENDINGS)}`;
  if (kind < 0.84) return `${surname()} ${random.pick(ENDINGS)}`;
  if (kind < 0.88) return `${surname()} & ${surname()}`;
  if (kind < 0.92) return `${city()} ${random.pick(ENDINGS)}`;
  if (kind < 0.96) return surname();
  return random.next() < 0.5 ? `University of ${city()}` : `Bank of ${city()}`;
}

/** A name of a place: listed, in a direction, or of what is there. */
export function placeName(random: SeededNumbers, lists: NameLists): string {
  const city = random.next() < 0.5 ? random.pick(COUNTRIES) : capital(random.pick(lists.cities));
  const kind = random.next();
  if (kind > 0.95) return random.pick(STATES);
  if (kind < 0.06) return `${random.pick(DIRECTIONS)} ${city}`;
  if (kind < 0.14) return `${invented(random)} ${random.pick(GEOGRAPHIC)}`;
  if (kind < 0.2) return `${capital(random.pick(lists.surnames[0] ?? []))} ${random.pick(GEOGRAPHIC)}`;
  return kind < 0.28 ? invented(random) : city;
}
