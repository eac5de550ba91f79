/** How mail names what is attached, signatures and keys in base64, and the routing parts of Notes addresses: what stands in them is no mention. */
const NAMES: readonly RegExp[] = [
  /^(?=.{0,75}\d)[A-Za-z\d+/]{60,76}={0,2}$/gm,
  /<<[^<>\n]{1,120}\n?[^<>\n]{0,120}>>/g,
  /\(See attached file: [^)\n]{1,120}\n?[^)\n]{0,120}\)/g,
  /^ ?- \S.{0,120}(?:-[ \t]*\n.{0,120})?\.(?:docx?|xlsx?|pptx?|pdf|zip|txt|rtf|jpe?g|gif|png|html?|eml)[ \t]*$/gim,
  /(?<=\p{L})(?:\/[A-Z]{2,12}){1,4}@[A-Z]{2,12}(?![\p{L}\d.])/gu,
];

/** The text with the names of attached files blanked, every other character where it stood. */
export function withoutFileNames(text: string): string {
  return NAMES.reduce((left, name) => left.replace(name, (written) => written.replace(/[^\n]/g, ' ')), text);
}
