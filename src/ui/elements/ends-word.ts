/** What a key press has as its code while an input method has the keyboard. */
const INPUT_METHOD = 229;

/**
 * This Enter takes what an input method offers, and submits nothing. Safari ends the composition before it tells of the key:
 * there only the old code of the key says so.
 */
export function endsWord(event: KeyboardEvent): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it in Safari
  return event.isComposing || event.keyCode === INPUT_METHOD;
}
