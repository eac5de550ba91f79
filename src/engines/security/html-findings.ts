import type { FindingList } from './finding-list.js';

const READ = 512 * 1024;
/** Script that makes a file in the browser, or a link that carries one: HTML smuggling (MITRE ATT&CK T1027.006). */
const SMUGGLING =
  /\b(?:msSaveOrOpenBlob|msSaveBlob|createObjectURL|new\s+Blob\b|new\s+File\b|\.download\s*=|showSaveFilePicker)|\batob\s*\(|\bfromCharCode\b|\bunescape\s*\(|\beval\s*\(/;
/** `<` ends an attribute list here, or a page of nothing but `<a` would be read again from each of them. */
const ANCHOR = /<a\b[^<>]*/gi;
const CARRIES = /\bhref\s{0,20}=\s{0,20}["']?\s{0,20}data:/i;
const SAVES = /\bdownload\b/i;
const PASSWORD = /<input\b[^<>]{0,500}\btype\s*=\s*["']?password/i;
const MOST_SCRIPT = 64 * 1024;

/** What the page of a mail does beside showing itself. Mail programs run no script: browsers that it is opened in do. */
export function findInHtml(html: string | null, findings: FindingList): void {
  if (html === null) return;
  const page = html.slice(0, READ);
  const scripts = scriptsOf(page);
  const how = SMUGGLING.exec(scripts)?.[0];
  if (how !== undefined) {
    findings.add(
      'html.smuggling',
      'high',
      0.75,
      `A script in the mail's page builds a file by itself (${how.trim()}).`,
    );
  } else if (carriesFile(page)) {
    findings.add('html.smuggling', 'high', 0.7, 'A link in the mail carries the file that it offers to save (data:).');
  } else if (scripts.trim() !== '') {
    findings.add('html.script', 'low', 0.2, "The mail's page carries a script.");
  }
  if (PASSWORD.test(page)) {
    findings.add('html.passwordForm', 'medium', 0.5, 'The mail asks for a password in a form of its own.');
  }
}

function carriesFile(page: string): boolean {
  for (const [anchor] of page.matchAll(ANCHOR)) if (SAVES.test(anchor) && CARRIES.test(anchor)) return true;
  return false;
}

function scriptsOf(page: string): string {
  const lower = page.toLowerCase();
  let scripts = '';
  let from = lower.indexOf('<script');
  while (from !== -1 && scripts.length < MOST_SCRIPT) {
    const start = lower.indexOf('>', from);
    if (start === -1) break;
    const end = lower.indexOf('</script', start);
    scripts += `${page.slice(start + 1, end === -1 ? undefined : end).slice(0, MOST_SCRIPT)}\n`;
    from = end === -1 ? -1 : lower.indexOf('<script', end);
  }
  return scripts;
}
