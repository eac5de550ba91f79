import type { Token } from './tokens.js';

/** Names of several words, found by their first: time grows with the text, not with the list. */
export class PhraseIndex {
  private readonly byFirst = new Map<string, string[][]>();

  /** @param names folded, words apart by one space */
  constructor(names: Iterable<string>) {
    for (const written of names) {
      const name = written.replaceAll('&', ' & ').replace(/(['’])s(?= |$)/g, ' $1 s');
      this.add(name.split(/[ .-]+/));
      // A token keeps the hyphen between two words.
      if (name.includes('-')) this.add(name.split(/[ .]+/));
    }
    for (const phrases of this.byFirst.values()) phrases.sort((a, b) => b.length - a.length);
  }

  private add(parts: readonly string[]): void {
    const words = parts.filter((word) => word !== '');
    const [first] = words;
    if (first === undefined) return;
    const known = this.byFirst.get(first);
    if (known) known.push(words);
    else this.byFirst.set(first, [words]);
  }

  /** The token after the longest name that starts here; null where none does. */
  longestAt(list: readonly Token[], at: number): number | null {
    for (const words of this.byFirst.get(bare(list[at])) ?? []) {
      let token = at;
      const matches = words.every((word, index) => {
        if (index > 0) while (/^[.-]$/.test(list[token]?.text ?? '')) token++;
        return bare(list[token++]) === word;
      });
      if (matches) return token;
    }
    return null;
  }
}

const bare = (token: Token | undefined): string => (token?.folded ?? '').replace(/\.$/, '');
