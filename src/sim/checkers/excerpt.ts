/** So many characters of a long text are read, and so many of them come before the place that matters. */
const MOST = 240;
const BEFORE = 80;

/** Two texts that should be equal, as far as people read them: around their first difference. What is missing has no JSON. */
export function whereTheyDiffer(a = 'nothing', b = 'nothing'): [a: string, b: string] {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return [excerpt(a, at), excerpt(b, at)];
}

function excerpt(text: string, at: number): string {
  if (text.length <= MOST) return text;
  const from = Math.max(0, at - BEFORE);
  const to = Math.min(text.length, from + MOST);
  const more = to < text.length ? `… (${text.length} characters)` : '';
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${more}`;
}
