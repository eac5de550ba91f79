/** How a case of a suite came out. */
export interface CaseResult {
  name: string;
  right: boolean;
  /** Why it does not apply, or what came out in place of what was expected; empty where it is right. */
  reason: string;
  applies: boolean;
}

export const right = (name: string): CaseResult => ({ name, right: true, reason: '', applies: true });
export const wrong = (name: string, reason: string): CaseResult => ({ name, right: false, reason, applies: true });
export const notApplicable = (name: string, reason: string): CaseResult => ({
  name,
  right: false,
  reason,
  applies: false,
});

export function judged(name: string, expected: readonly string[], actual: string): CaseResult {
  return expected.includes(actual) ? right(name) : wrong(name, `expected ${expected.join(' or ')}, was ${actual}`);
}

/** A resolver over TXT records alone; what is not among them does not exist. */
export function txtResolver(records: Readonly<Record<string, string>>) {
  return (name: string, rrtype: string): Promise<string[][]> => {
    const text = rrtype === 'TXT' ? records[name] : undefined;
    return text === undefined
      ? Promise.reject(Object.assign(new Error(`${name} does not exist`), { code: 'ENOTFOUND' }))
      : Promise.resolve([[text.replace(/\r?\n/g, '')]]);
  };
}
