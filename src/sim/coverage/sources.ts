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

/** Every test: beside the sources, of the signaling server, and of the whole in browsers. */
export function readTests(root: string): Test[] {
  return ['src', 'signaling', 'e2e']
    .flatMap((folder) => filesBelow(path.join(root, folder)))
    .filter((file) => /\.(test|contract|spec)\.ts$/.test(file))
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

/** What visitors' tabs and gates say to each other: the table of rule V9 has the types in code. */
export function readVisitorTypes(root: string): string[] {
  const text = readFileSync(path.join(root, 'src/core/PROTOCOL.md'), 'utf8');
  return [...text.matchAll(/^\| (`[A-Z_`, ]+`) \|/gm)].flatMap(([, types = '']) =>
    [...types.matchAll(/`([A-Z_]+)`/g)].flatMap(([, type]) => type ?? []),
  );
}

/** What pages and the signaling server say to each other, both ways. */
export function readSignalingTypes(root: string): string[] {
  const text = readFileSync(path.join(root, 'signaling/protocol.ts'), 'utf8');
  const types = [...text.matchAll(/readonly type: '(\w+)'/g)];
  return [...new Set(types.flatMap(([, type]) => type ?? []))];
}

/** What the signaling server counts as refused. */
export function readServerRefusals(root: string): string[] {
  const lists = [
    ['signaling/protocol.ts', /ERROR_CODES = \[(.+?)\]/s],
    ['signaling/refusals.ts', /REFUSALS = \[(.+?)\]/s],
  ] as const;
  return lists.flatMap(([file, list]) => {
    const [, quoted = ''] = list.exec(readFileSync(path.join(root, file), 'utf8')) ?? [];
    return [...quoted.matchAll(/'([\w-]+)'/g)].flatMap(([, reason]) => reason ?? []);
  });
}

/** Why input is refused, as the decoders say it. */
export interface InputReason {
  /** Its fixed words. */
  readonly words: string;
  /** What it is about follows them. */
  readonly goesOn: boolean;
}

/** Who refuses, and how: decoders throw; frames, links, signals and the desk hand on why. */
const REFUSED: readonly (readonly [folder: string, pattern: RegExp])[] = [
  ['src', /new DecodeError\(\s*['`]([^'`$]+)(.)/g],
  ...['src/transport', 'src/runtime/visitor'].flatMap((folder) => [
    [
      folder,
      /\brefused?\(\s*(?:'(?:peer|signaling)',\s*)?['`](?:\$\{kind\}: )?([^'`$]+)(.)/g,
    ] as const,
    [folder, /(?:kind: 'refused'|ok: false), reason: ['`]([^'`$]+)(.)/g] as const,
  ]),
];

export function readInputReasons(root: string): InputReason[] {
  const reasons = new Map<string, InputReason>();
  for (const [folder, pattern] of REFUSED) {
    for (const [, fixed = '', end] of textOf(path.join(root, folder)).matchAll(pattern)) {
      // Where it was is no part of why.
      const words = withoutPlace(fixed).trim();
      if (words !== '') reasons.set(words, { words, goesOn: end === '$' });
    }
  }
  return [...reasons.values()].sort((a, b) => (a.words < b.words ? -1 : 1));
}

/** All sources of production below a folder; the memory twins refuse for tests alone. */
function textOf(folder: string): string {
  return filesBelow(folder)
    .filter((file) => file.endsWith('.ts') && !/\.(test|contract)\.ts$/.test(file))
    .filter((file) => !path.basename(file).startsWith('memory'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

function withoutPlace(said: string): string {
  return said.replace(/^refused /, '').replace(/^(?:[\w.[\]@ -]+: )+/, '');
}

/** The reason that a quoted text is, wherever in a value it stands; a longer one goes before a shorter one. */
export function reasonIn(literal: string, reasons: readonly InputReason[]): string | null {
  const said = withoutPlace(literal);
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
