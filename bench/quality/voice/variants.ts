/** Commands as they are said, with the names of a made-up organization; each is spoken by one voice at one speed. */
export interface SpokenVariant {
  voice: string;
  /** Words a minute. */
  speed: number;
  text: string;
  /** As the recogniser writes it. */
  expected: string;
}

export const NAMES: readonly string[] = [
  'Anna Schmidt',
  'Peter Hughes',
  'Maria Lopez',
  'Marta Wieczorek',
  'Oluwaseun Adeyemi',
  'Jean-Pierre Dubois',
  'Grace Miller',
  'Søren Kjeldsen',
  'Priya Raghunathan',
  'Tom Baker',
];

const COMMANDS: readonly (readonly [text: string, expected?: string])[] = [
  ['send to Anna Schmidt'],
  ['send it to Peter Hughes'],
  ['mail this to Maria Lopez'],
  ['send to Marta Wieczorek'],
  ['send to Oluwaseun Adeyemi'],
  ['copy Grace Miller'],
  ['carbon copy Tom Baker'],
  ['send to Priya Raghunathan and Tom Baker'],
  ['copy to Jean Pierre Dubois'],
  ['subject invoice'],
  ['subject follow up'],
  ['subject appointment'],
  ['new paragraph'],
  ['next line'],
  ['delete that'],
  ['read it back'],
  ['sign off'],
  ['sign off with kind regards'],
  ['say thank you very much'],
  ['say please send me the document'],
];

const VOICES: readonly (readonly [voice: string, speed: number])[] = [
  ['en-us', 150],
  ['en-us+f2', 175],
  ['en-gb', 140],
  ['en-us+m3', 185],
  ['en-gb+f4', 160],
  ['en-gb-scotland', 150],
];

/** Sixty: each command by three of the six voices. */
export const VARIANTS: readonly SpokenVariant[] = COMMANDS.flatMap(([text, expected = text.toLowerCase()], at) =>
  [0, 1, 2].map((turn) => {
    const [voice, speed] = VOICES[(at + turn * 2) % VOICES.length]!;
    return { voice, speed, text, expected };
  }),
);

/** Speech that is no command: it must not be taken for one. */
export const DICTATION: readonly string[] = [
  'I would like to know when the parcel arrives at our warehouse in the north.',
  'The weather was lovely and we walked along the river for two hours.',
  'Our accountant needs the figures of the third quarter before the weekend.',
  'Could somebody please look at the printer on the second floor.',
  'They moved the concert from the town hall to the old church.',
  'My neighbour borrowed the ladder and never brought it home.',
  'We should talk about the budget when everybody has read the numbers.',
  'The committee decided against the proposal by a narrow margin.',
  'There is coffee in the kitchen and milk in the fridge.',
  'Most of the students passed the examination at the first attempt.',
];
