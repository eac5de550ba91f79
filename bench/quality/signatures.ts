import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { splitSignature } from '../../src/engines/language/signature-block.js';
import { splitReply } from '../../src/engines/mime/reply-text.js';
import type { QualityArea } from './quality-area.js';

interface SignedCase {
  name: string;
  sender: string;
  body: string;
  /** The lines of its signature. */
  signature: string[];
}

/** Which lines are a signature, in talon's tests: those that state the whole of it. */
export const signatures: QualityArea = {
  name: 'signatures',
  needs: ['quotes-talon'],
  async measure(data) {
    const folder = path.join(data, 'quotes-talon');
    const cases = [
      ...fixtures(path.join(folder, 'fixtures/signature/emails')),
      ...tests(path.join(folder, 'signature')),
    ];
    let [right, found, stated] = [0, 0, 0];
    const differences: { case: string; reason: string }[] = [];
    for (const { name, sender, body, signature } of cases) {
      const lines = signatureLines(body, sender);
      const common = lines.filter((line) => signature.includes(line)).length;
      right += common;
      found += lines.length;
      stated += signature.length;
      if (common !== lines.length || common !== signature.length) {
        differences.push({
          case: name,
          reason: `${signature.length} lines are its signature, ${lines.length} were found, ${common} of them`,
        });
      }
    }
    const score = (2 * right) / (found + stated);
    const figure = {
      name: `signature lines of ${cases.length} mails, F1`,
      value: `${(100 * score).toFixed(1)} % (${right} right of ${found} found, ${stated} stated)`,
      target: 'at least 90 %',
      met: score >= 0.9,
    };
    return { figures: [figure], differences };
  },
};

/** As the product splits it: what is delimited by the parser, the rest by its words. */
function signatureLines(body: string, sender: string): string[] {
  const reply = splitReply(body);
  const { signature } = splitSignature(reply.newText, {
    name: sender.includes('@') ? '' : sender,
    address: sender.includes('@') ? sender : '',
  });
  return linesOf(`${signature ?? ''}\n${reply.signature ?? ''}`);
}

/** Delimiters count neither way: talon counts them, the parser takes them away. */
const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.replace(/^#sig#/, '').trim())
    .filter((line) => line !== '' && !/^[-_=]{2,}$/.test(line));

function fixtures(folder: string): SignedCase[] {
  const stripped = path.join(folder, 'stripped');
  return readdirSync(stripped)
    .filter((file) => file.endsWith('_body'))
    .map((file) => {
      const read = (part: string) => readFileSync(path.join(stripped, file.replace(/body$/, part)), 'utf8');
      const body = read('body').replaceAll('#sig#', '');
      return { name: file, sender: read('sender').trim(), body, signature: linesOf(read('signature')) };
    });
}

/** Runs talon's tests with a recorder in place of talon: what each would pass in, and expects to come out. */
const RECORDER = `
import json, os, sys
cases = []
current = ''
class Called(list): pass
def called(body, sender=''): return Called([body, sender])
class Talon:
    extract_signature = staticmethod(called)
def eq_(one, other, *rest):
    if isinstance(one, Called): one, other = other, one
    if isinstance(other, Called) and isinstance(one, tuple): cases.append([current, other[0], other[1], one[1]])
class Mock:
    def __init__(self, *a, **k): pass
def patch_object(*args, **kwargs): return lambda function: None
class Patch: object = staticmethod(patch_object)
for file in sys.argv[1:]:
    source = open(file, encoding='utf8').read().split('\\ndef test_', 1)
    head, rest = source[0], 'def test_' + source[1]
    rest = rest.split('@patch.object')
    rest = rest[0] + ''.join('def' + part.split('def', 1)[1] for part in rest[1:])
    scope = {'bruteforce': Talon, 'e': Talon, 'extraction': Talon, 'extract': called, 'eq_': eq_, 'Mock': Mock,
        'patch': Patch, 'os': os, 'range': range, 'STRIPPED': '/nonexistent'}
    try: exec(rest, scope)
    except SyntaxError as error: print(error, file=sys.stderr)
    for current in [name for name in scope if name.startswith('test_')]:
        try: scope[current]()
        except Exception: pass
print(json.dumps(cases))
`;

function tests(folder: string): SignedCase[] {
  const files = ['bruteforce_test.py', 'extraction_test.py'].map((file) => path.join(folder, file));
  const output = execFileSync('python3', ['-c', RECORDER, ...files], { encoding: 'utf8' });
  return (JSON.parse(output) as [string, string, string, string | null][])
    .filter(([name]) => !name.includes('crash'))
    .map(([name, body, sender, signature]) => ({
      name,
      sender,
      body: body.replaceAll('\r\n', '\n'),
      signature: linesOf((signature ?? '').replaceAll('\r\n', '\n')),
    }));
}
