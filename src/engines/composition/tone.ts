import type { DraftWarning } from '../../domain/composition.js';

interface ToneRule {
  code: string;
  languages: readonly string[];
  pattern: RegExp;
  explanation: string;
}

const anyOf = (text: string) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${text})(?![\\p{L}\\p{N}])`, 'giu');

const HARSH = 'reads as an attack on the reader; say what happened and what you need instead';
const DEMANDING = 'reads as an order; a request gets an answer sooner';
const BLAMING = 'reads as blame; name the fact instead';
const INFORMAL = 'is very informal for a mail of business';

const RULES: readonly ToneRule[] = [
  {
    code: 'tone.harsh',
    languages: ['en'],
    pattern: anyOf(
      "idiots?|stupid|moron|incompeten(?:t|ce)|ridiculous|pathetic|unacceptable|disgrace(?:ful)?|useless|what the hell|wtf|shut up|sick (?:and tired )?of|waste of (?:my )?time|how dare you|are you (?:kidding|serious)|don't be (?:silly|stupid)|you people",
    ),
    explanation: HARSH,
  },
  {
    code: 'tone.harsh',
    languages: ['de'],
    pattern: anyOf(
      'idioten?|dumm(?:heit)?|blöd(?:sinn)?|unfähig|inkompetent|lächerlich|unverschämt(?:heit)?|frechheit|saftladen|schwachsinn|unzumutbar|inakzeptabel|zeitverschwendung',
    ),
    explanation: HARSH,
  },
  {
    code: 'tone.harsh',
    languages: ['fr'],
    pattern: anyOf(
      'idiots?|stupides?|incompétente?s?|ridicules?|inadmissibles?|inacceptables?|scandaleux|honteux|perte de temps|foutez|merde|nul(?:le)?s?',
    ),
    explanation: HARSH,
  },
  {
    code: 'tone.harsh',
    languages: ['es'],
    pattern: anyOf(
      'idiotas?|estúpid[oa]s?|incompetentes?|ridícul[oa]s?|inaceptable|vergüenza|vergonzos[oa]|inútil(?:es)?|pérdida de tiempo|mierda',
    ),
    explanation: HARSH,
  },
  {
    code: 'tone.demanding',
    languages: ['en'],
    pattern: anyOf(
      'i (?:demand|insist)|you (?:must|had better|need to) (?:immediately|at once|now)|do it now|immediately!|or else|final warning',
    ),
    explanation: DEMANDING,
  },
  {
    code: 'tone.demanding',
    languages: ['de'],
    pattern: anyOf('ich verlange|sofort!|auf der stelle|letzte warnung|gefälligst'),
    explanation: DEMANDING,
  },
  {
    code: 'tone.demanding',
    languages: ['fr'],
    pattern: anyOf("j'exige|nous exigeons|sur-le-champ|dernier avertissement"),
    explanation: DEMANDING,
  },
  {
    code: 'tone.demanding',
    languages: ['es'],
    pattern: anyOf('exijo|exigimos|ahora mismo|último aviso'),
    explanation: DEMANDING,
  },
  {
    code: 'tone.blaming',
    languages: ['en'],
    pattern: anyOf(
      "you (?:always|never)|as i (?:already|have already) (?:said|told|explained)|it(?:'s| is) (?:all )?your fault|you (?:obviously|clearly) (?:did|have|don't|didn't)|per my last e-?mail",
    ),
    explanation: BLAMING,
  },
  {
    code: 'tone.blaming',
    languages: ['de'],
    pattern: anyOf(
      '(?:sie|du) (?:haben|hast|machen|machst) (?:immer|nie)|wie bereits (?:mehrfach )?(?:gesagt|erklärt)|ihre schuld|deine schuld',
    ),
    explanation: BLAMING,
  },
  {
    code: 'tone.blaming',
    languages: ['fr'],
    pattern: anyOf("c'est (?:de )?votre faute|vous ne [\\p{L}]+ jamais|comme je (?:vous )?l'ai déjà dit"),
    explanation: BLAMING,
  },
  {
    code: 'tone.blaming',
    languages: ['es'],
    pattern: anyOf('es (?:su|tu) culpa|usted(?:es)? (?:siempre|nunca)|como ya (?:le )?(?:dije|he dicho)'),
    explanation: BLAMING,
  },
  {
    code: 'tone.informal',
    languages: ['en'],
    pattern: anyOf('gonna|wanna|gotta|kinda|sorta|dunno|lol|lmao|omg|btw|thx|pls|plz|u r|cuz|yup|nope|sup|dude|bro'),
    explanation: INFORMAL,
  },
  {
    code: 'tone.informal',
    languages: ['de'],
    pattern: anyOf('lol|omg|vllt|iwie|digga|alter|nö|jo|thx|pls|hdl'),
    explanation: INFORMAL,
  },
  {
    code: 'tone.informal',
    languages: ['fr'],
    pattern: anyOf('mdr|lol|stp|svp|slt|bjr|cc|jsp|ouais|pk|tkt'),
    explanation: INFORMAL,
  },
  {
    code: 'tone.informal',
    languages: ['es'],
    pattern: anyOf('jaja(?:ja)*|xq|tqm|q tal|tío|pls|lol|porfa'),
    explanation: INFORMAL,
  },
];

const MOST_OF_A_KIND = 5;
const CAPITALS = /(?<![\p{L}\p{N}])\p{Lu}[\p{Lu}'’]{2,20}(?:[ \t]+\p{Lu}[\p{Lu}'’]{0,20}){2,40}(?![\p{L}\p{N}])/gu;
const EXCLAIMED = /[!?]{3,50}/gu;

/** Where a draft is harsher, more informal or louder than its writer may mean. @param text own lines alone */
export function toneWarnings(text: string, language: string): DraftWarning[] {
  const warnings = [
    ...found(text, CAPITALS, 'tone.shouting', () => 'words in capitals read as shouting'),
    ...found(text, EXCLAIMED, 'tone.shouting', (mark) => `${JSON.stringify(mark.slice(0, 10))} reads as shouting`),
  ];
  for (const { code, languages, pattern, explanation } of RULES) {
    if (!languages.includes(language)) continue;
    warnings.push(...found(text, pattern, code, (words) => `${JSON.stringify(words)} ${explanation}`));
  }
  return warnings;
}

function found(text: string, pattern: RegExp, code: string, explain: (words: string) => string): DraftWarning[] {
  const warnings: DraftWarning[] = [];
  for (const { 0: words, index } of text.matchAll(pattern)) {
    if (warnings.length >= MOST_OF_A_KIND) break;
    warnings.push({
      check: 'TONE',
      code,
      start: index,
      end: index + words.length,
      address: null,
      explanation: explain(words.slice(0, 80)),
      suggestions: [],
    });
  }
  return warnings;
}
