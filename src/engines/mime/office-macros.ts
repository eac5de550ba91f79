const OLE_SIGNATURE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
/** Stream and storage names of a VBA project, as an OLE2 directory writes them. */
const VBA_MARKERS = [Buffer.from('_VBA_PROJECT', 'utf16le'), Buffer.from('Macros', 'utf16le')];
const XL4_MACRO_SHEET = Buffer.from('Macro1', 'latin1');

/** Whether an Office file carries macros: a VBA project in an OOXML zip or in an OLE2 file, or Excel 4 macro sheets. */
export function hasMacros(bytes: Buffer, entries: readonly string[] | null): boolean {
  if (entries !== null) {
    return entries.some(
      (name) => /(?:^|\/)vba(?:project|data)\.(?:bin|xml)$/i.test(name) || /^xl\/macrosheets\//i.test(name),
    );
  }
  if (!bytes.subarray(0, OLE_SIGNATURE.length).equals(OLE_SIGNATURE)) return false;
  return (
    VBA_MARKERS.some((marker) => bytes.includes(marker)) ||
    (bytes.includes('Excel 4.0') && bytes.includes(XL4_MACRO_SHEET))
  );
}
