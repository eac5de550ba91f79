const split = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** The commonest small words of the languages that most mail is in, folded (no diacritics); those shared are left out. */
export const FUNCTION_WORDS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'en',
    split(
      'the and of to is are was were be been you your we our they their this that these with for from have has will would can could should please thanks thank not at by what when which who if but about it my',
    ),
  ],
  [
    'de',
    split(
      'der die das und ist sind war ein eine einen einem nicht mit fur auf von zu zum zur den dem des ich wir sie ihr ihre ihnen uns bitte danke wie wann wenn oder aber auch noch haben hat wird werden kann konnen mir dass bei aus',
    ),
  ],
  [
    'fr',
    split(
      "le les des une et est sont etait vous nous votre notre pour avec dans sur pas que qui ce cette ces je il elle merci bonjour plus par au aux du mais ou etre avoir c'est j'ai d'une l'on",
    ),
  ],
  [
    'es',
    split(
      'el los las una y es son era usted ustedes nosotros su sus nuestro para con en por que no se lo gracias hola pero como cuando esta este estos muy del al mas tambien hay tiene puede favor',
    ),
  ],
  [
    'it',
    split(
      'il gli della delle dei sono non per con che una questo questa grazie ciao anche come piu nel alla dal sua suo noi voi essere',
    ),
  ],
  [
    'nl',
    split(
      'het een van is zijn niet met voor op aan dat wij jullie uw ons bedankt graag ook maar naar deze dit heeft hebben worden kunnen bij als',
    ),
  ],
  [
    'pt',
    split(
      'os uma dos das nao para com em por que obrigado voce seu sua nos mas como mais esta isso foi sao tem pelo pela ao',
    ),
  ],
]);
