import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHtml } from '../../../src/engines/mime/html-content.js';
import { parseMessage } from '../../../src/engines/mime/parse-message.js';
import { splitReply, type ReplyText } from '../../../src/engines/mime/reply-text.js';
import { words } from './comparison.js';

export interface ReplyCase {
  suite: 'talon, text' | 'talon, mails' | 'talon, HTML' | 'crisp';
  name: string;
  expected: string;
  actual: string;
  equal: boolean;
}

/** Quoted text cut off as the suites want it: every case that states the whole of the new text. */
export async function compareReplies(data: string): Promise<ReplyCase[]> {
  return [
    ...talonTexts(join(data, 'quotes-talon')),
    ...(await talonMails(join(data, 'quotes-talon', 'fixtures'))),
    ...talonHtml(join(data, 'quotes-talon', 'fixtures', 'html_replies')),
    ...crisp(join(data, 'reply-trim-crisp', 'test')),
  ];
}

/** White space apart: the suites differ in what they leave of empty lines. Talon cuts quotes alone and leaves signatures. */
function compared(suite: ReplyCase['suite'], name: string, expected: string, reply: ReplyText): ReplyCase {
  const whole = suite === 'crisp' ? reply.newText : `${reply.newText} ${reply.signature ?? ''}`;
  const signed = words(expected).replace(/ -- /, ' ');
  const equal = words(expected) === words(reply.newText) || signed === words(whole);
  return { suite, name, expected, actual: reply.newText, equal };
}

/** Runs talon's tests with a recorder in place of talon: what each would pass in, and expects to come out. */
const RECORDER = `
import json, re, sys
source = open(sys.argv[1], encoding='utf8').read()
start = source.index('@patch.object')
end = source.index('def test_standard_replies')
cases = []
class Quotations:
    MAX_LINES_COUNT = 1000
    def extract_from_plain(self, body): return body
    def __getattr__(self, name): raise LookupError(name)
class Six: text_type = str
def eq_(one, other, *rest): cases.append([current, one, other])
def patch_object(*args, **kwargs): return lambda function: function
class Patch: object = staticmethod(patch_object)
scope = {'quotations': Quotations(), 'eq_': eq_, 'six': Six, 'patch': Patch, 'range': range, 're': re}
exec(source[start:end], scope)
for current in [name for name in scope if name.startswith('test_')]:
    try: scope[current]()
    except Exception: pass
print(json.dumps(cases))
`;

function talonTexts(folder: string): ReplyCase[] {
  const output = execFileSync('python3', ['-c', RECORDER, join(folder, 'text_quotations_test.py')], {
    encoding: 'utf8',
  });
  const cases = JSON.parse(output) as [string, unknown, unknown][];
  return cases.flatMap(([name, expected, body]) =>
    typeof expected === 'string' && typeof body === 'string'
      ? [compared('talon, text', name, expected, splitReply(body))]
      : [],
  );
}

async function talonMails(fixtures: string): Promise<ReplyCase[]> {
  const folder = join(fixtures, 'standard_replies');
  const files = readdirSync(folder).filter((file) => file.endsWith('.eml'));
  return Promise.all(
    files.map(async (file) => {
      const stated = join(folder, file.replace(/\.eml$/, '_reply_text'));
      const expected = existsSync(stated) ? readFileSync(stated, 'utf8') : 'Hello';
      const parsed = await parseMessage(readFileSync(join(folder, file)));
      return compared('talon, mails', file, expected, parsed);
    }),
  );
}

function talonHtml(folder: string): ReplyCase[] {
  return readdirSync(folder).map((file) => {
    const text = readHtml(readFileSync(join(folder, file), 'utf8'), 0).text;
    return compared('talon, HTML', file, 'Hi. I am fine. Thanks, Alex', splitReply(text));
  });
}

const FIRST_FRAGMENT =
  /get_email\("([^"]+)"\);\s+(?:let fragments = email\.getFragments\(\);\s+)?test\.equal\(COMMON_FIRST_FRAGMENT, fragments\[0\]/g;
const VISIBLE = /get_email\("([^"]+)"\);\s+test\.equal\(("(?:[^"\\]|\\.)*"), email\.getVisibleText\(\)\)/g;

function crisp(folder: string): ReplyCase[] {
  const source = readFileSync(join(folder, 'test.js'), 'utf8');
  const common = /COMMON_FIRST_FRAGMENT = '([^']+)'/.exec(source)?.[1]?.replace(/\\n\\\n/g, '\n') ?? '';
  const stated: [string, string][] = [
    ...Array.from(source.matchAll(FIRST_FRAGMENT), ([, name = '']): [string, string] => [name, common]),
    ...Array.from(source.matchAll(VISIBLE), ([, name = '', text = '']): [string, string] => [
      name,
      JSON.parse(text) as string,
    ]),
  ];
  return stated.map(([name, expected]) =>
    compared('crisp', name, expected, splitReply(readFileSync(join(folder, 'fixtures', `${name}.txt`), 'utf8'))),
  );
}
