/**
 * Whether a full stop ends no sentence. Intl.Segmenter knows no abbreviations, and takes the full stop of an ordinal for the end
 * of a sentence: `am 26.` and `November um 14 Uhr`.
 */
export function endsNothing(before: string, after: string): boolean {
  const word = LAST_WORD.exec(before.slice(-LONGEST))?.[1]?.toLowerCase();
  if (word === undefined) return false;
  const next = NEXT_WORD.exec(after.slice(0, LONGEST))?.[0]?.toLowerCase() ?? '';
  if (/^\d+$/.test(word)) return BEHIND_ORDINALS.has(next);
  // `John F. Kennedy`, `z. B.`, `d. h.`; but not `plan B.`
  if (word.length === 1) return next !== '' && INITIAL.test(before.slice(-LONGEST));
  if (BEFORE_NUMBERS.has(word)) return /^\s{0,4}\d/.test(after);
  return ABBREVIATIONS.has(word) && next !== '';
}

const LONGEST = 24;
const LAST_WORD = /(?:^|[\s(/"„“'’«\u00a0.])([\p{L}]{1,8}|\d{1,2})\.\s{0,4}$/u;
const NEXT_WORD = /^[\p{L}]+/u;
const INITIAL = /(?:^|\p{Lu}\p{L}{1,20}\s|\s(?:z|d|i|u|o|v|p)\.\s?|\s(?=[zdiuovp]\.))\p{L}\.\s{0,4}$/u;

const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));

/** Months, and what else follows an ordinal that is written with a full stop (German, Danish, Norwegian, Finnish, Czech, ...). */
const BEHIND_ORDINALS = words(
  `januar jänner jan februar feber feb märz maerz april apr mai juni jun juli jul august aug september sept sep oktober okt november nov dezember dez
  quartal halbjahr jahrhundert woche kalenderwoche kw tag klasse stock etage obergeschoss og auflage mal platz lebensjahr geburtstag advent runde teil kapitel absatz
  marts maj oktober desember december mars juni kesäkuuta heinäkuuta tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
  ledna února března dubna května června července srpna září října listopadu prosince január február marec apríl máj jún júl`,
);
/** Of these a number or a name follows; none is a word that a sentence ends with. */
const ABBREVIATIONS = words(
  `mr mrs ms dr prof st messrs gen col capt lt sgt rev hon vs approx dept
  hr fr frl herr dipl ing mag bzw ca evtl ggf inkl zzgl exkl ggü bspw sog vgl geb verh str
  mme mlle mgr me env ex sr sra srta dra dn dña ud uds vd pág núm`,
);
const BEFORE_NUMBERS = words(
  `no nos nr nrn num fig figs vol pp p art abs ziff kap abb tel ext para sec ch approx max min jan feb mar apr jun jul aug sep sept oct okt nov dec dez déc févr janv juil`,
);
