/**
 * Whether a label or local part looks drawn by a machine: digits strewn among letters, or letters that no word of a
 * language with vowels puts side by side.
 */
export function looksGenerated(name: string): boolean {
  const text = name.toLowerCase().replace(/[^a-z\d]/g, '');
  if (text.length < 6 || text.length > 64) return false;
  const changes = (text.match(/[a-z](?=\d)|\d(?=[a-z])/g) ?? []).length;
  if (changes >= 4 || (changes >= 3 && text.length <= 12)) return true;
  const letters = text.replace(/\d/g, '');
  if (letters.length < 7) return false;
  const vowels = (letters.match(/[aeiouy]/g) ?? []).length;
  return vowels / letters.length < 0.15 || /[bcdfghjklmnpqrstvwxz]{7}/.test(letters);
}

/** A local part that was drawn: as above, in changing case, or a name with a number behind it as lists of senders have. */
export function looksGeneratedLocalPart(local: string): boolean {
  if (local.length > 40) return false;
  if (/[a-z]_\d{4,8}$/i.test(local)) return true;
  if ((local.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g) ?? []).length >= 5 && !/[._-]/.test(local)) return true;
  return local.length <= 24 && /\d/.test(local) && looksGenerated(local);
}

/** A host below so many or so long labels that no person named it. */
export function looksGeneratedHost(host: string): boolean {
  const labels = host.split('.');
  if (labels.length >= 6) return true;
  return labels.slice(0, -1).some((label) => label.length >= 30 || (label.length >= 8 && looksGenerated(label)));
}
