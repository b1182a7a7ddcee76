import { Violation } from './violation.ts';

/** So many characters of a long text are read, and so many of them come before the place that matters. */
const MOST = 240;
const BEFORE = 80;

/** Two texts that should be equal, as far as people read them: around their first difference. What is missing has no JSON. */
export function whereTheyDiffer(a = 'nothing', b = 'nothing'): [a: string, b: string] {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return [excerpt(a, at), excerpt(b, at)];
}

/** What a gate has of something, against what the log makes it due to have. */
export function mustBeSame(rule: string, who: string, has: unknown, due: unknown): void {
  const [first, second] = [JSON.stringify(has), JSON.stringify(due)];
  if (first === second) return;
  const [own, wanted] = whereTheyDiffer(first, second);
  throw new Violation(rule, `${who} has ${own}, due is ${wanted}`);
}

function excerpt(text: string, at: number): string {
  if (text.length <= MOST) return text;
  const from = Math.max(0, at - BEFORE);
  const to = Math.min(text.length, from + MOST);
  const more = to < text.length ? `… (${text.length} characters)` : '';
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${more}`;
}
