import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A test, or a group of them. */
export interface Test {
  readonly file: string;
  readonly title: string;
  /** Up to the next one. */
  readonly body: string;
}

const RULE = /\b[A-Z][1-9]\d?\b/g;
const TITLE =
  /(?:\b(?:it|test|describe)(?:\.\w+)*|[\])])\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)\s*,/g;

/** Every test beside the sources. */
export function readTests(root: string): Test[] {
  return filesBelow(path.join(root, 'src'))
    .filter((file) => /\.(test|contract)\.ts$/.test(file))
    .flatMap((file) => testsIn(path.relative(root, file), readFileSync(file, 'utf8')));
}

export function testsIn(file: string, text: string): Test[] {
  const found = [...text.matchAll(TITLE)].map((match) => ({ match, from: beginOf(match, text) }));
  return found.map(({ match, from }, i) => ({
    file,
    title: match[1] ?? match[2] ?? match[3] ?? '',
    body: text.slice(from, found[i + 1]?.from),
  }));
}

/** A test of a table begins with its table. */
function beginOf({ 0: found, index }: RegExpExecArray, text: string): number {
  return /^[\])]/.test(found) ? text.lastIndexOf('.each', index) : index;
}

const LITERAL = /'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`/g;

/** The texts that a piece of source quotes. */
export function literalsIn(source: string): Set<string> {
  const literals = [...source.matchAll(LITERAL)];
  return new Set(literals.map((match) => match[1] ?? match[2] ?? match[3] ?? ''));
}

/** The rules that a title or a comment quotes; `J1 to J3` are three. */
export function rulesIn(text: string): Set<string> {
  const rules = new Set(text.match(RULE) ?? []);
  for (const [, letter, from, to] of text.matchAll(/\b([A-Z])(\d+) to \1(\d+)\b/g))
    for (let number = Number(from); number <= Number(to); number++) rules.add(`${letter}${number}`);
  return rules;
}

/** The numbered rules, in their order. */
export function readRules(root: string): string[] {
  const text = readFileSync(path.join(root, 'src/core/PROTOCOL.md'), 'utf8');
  return [...text.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].flatMap(([, rule]) => rule ?? []);
}

/** Every type of message, as the protocol's table has them. */
export function readMessageTypes(root: string): string[] {
  const text = readFileSync(path.join(root, 'src/core/PROTOCOL.md'), 'utf8');
  return [...text.matchAll(/^\| ([A-Z_]+) \|/gm)].flatMap(([, type]) => type ?? []);
}

/** Why input is refused, as the decoders say it. */
export interface InputReason {
  /** Its fixed words. */
  readonly words: string;
  /** What it is about follows them. */
  readonly goesOn: boolean;
}

export function readInputReasons(root: string): InputReason[] {
  const texts = filesBelow(path.join(root, 'src'))
    .filter((file) => file.endsWith('.ts') && !/\.(test|contract)\.ts$/.test(file))
    .map((file) => readFileSync(file, 'utf8'));
  const reasons = new Map<string, InputReason>();
  for (const [, fixed = '', end] of texts
    .join('\n')
    .matchAll(/new DecodeError\(\s*['`]([^'`$]+)(.)/g)) {
    const words = fixed.trim();
    reasons.set(words, { words, goesOn: end === '$' });
  }
  return [...reasons.values()].sort((a, b) => (a.words < b.words ? -1 : 1));
}

/** The reason that a quoted text is, wherever in a value it stands; a longer one goes before a shorter one. */
export function reasonIn(literal: string, reasons: readonly InputReason[]): string | null {
  const said = literal.replace(/^(?:[\w.[\]@ -]+: )+/, '');
  const fitting = reasons.filter(
    ({ words, goesOn }) => said === words || (goesOn && said.startsWith(`${words} `)),
  );
  const [longest] = fitting.sort((a, b) => b.words.length - a.words.length);
  return longest?.words ?? null;
}

/** The golden transcripts, by their names. */
export function readTranscripts(root: string): Map<string, string> {
  const folder = path.join(root, 'src/core/testdata');
  return new Map(
    readdirSync(folder)
      .sort()
      .map((file) => [path.basename(file, '.txt'), readFileSync(path.join(folder, file), 'utf8')]),
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
