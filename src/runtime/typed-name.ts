/**
 * A name as it is compared: two ways to type the same are one name. Done at the console and not by the machines, since
 * browsers know different versions of Unicode.
 */
export function typedName(text: string): string {
  // Emoji come with a selector of their colourful form, which nobody sees.
  return text.normalize('NFC').replaceAll('\ufe0f', '').replaceAll(/\s+/g, ' ').trim();
}
