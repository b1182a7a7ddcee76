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
  const found = [...text.matchAll(TITLE)];
  return found.map((match, i) => ({
    file,
    title: match[1] ?? match[2] ?? match[3] ?? '',
    body: text.slice(match.index, found[i + 1]?.index),
  }));
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

/** Why input is refused: the fixed words of each reason, as the decoders have them. */
export function readInputReasons(root: string): string[] {
  const texts = filesBelow(path.join(root, 'src'))
    .filter((file) => file.endsWith('.ts') && !/\.(test|contract)\.ts$/.test(file))
    .map((file) => readFileSync(file, 'utf8'));
  const reasons = texts.flatMap((text) =>
    [...text.matchAll(/new DecodeError\(\s*['`]([^'`$]+)/g)].map(([, words = '']) => words.trim()),
  );
  return [...new Set(reasons)].sort();
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
