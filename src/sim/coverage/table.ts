import { INPUT_IN_RUNS, NOT_IN_RUNS, REASONS, SERVER_IN_RUNS, SIGNS } from './catalog.ts';
import {
  readInputReasons,
  readMessageTypes,
  readRules,
  readServerRefusals,
  readSignalingTypes,
  readTests,
  readTranscripts,
  readVisitorTypes,
  reasonIn,
  literalsIn,
  rulesIn,
  type Test,
} from './sources.ts';

/** One thing that has to be covered, and what covers it. */
export interface Row {
  readonly group: 'rules' | 'messages' | 'reasons' | 'input';
  readonly name: string;
  readonly tests: readonly Test[];
  readonly transcripts: readonly string[];
  /** What shows it in a run; null where runs do not show it. */
  readonly signs: readonly string[] | null;
}

/** All rows, without what only a run can tell. */
export function readRows(root: string): Row[] {
  const tests = readTests(root);
  const transcripts = [...readTranscripts(root)];
  const heads = transcripts.map(
    ([name, text]) => [name, rulesIn(text.replaceAll(/^[^#].*$/gm, ''))] as const,
  );
  const using = (word: RegExp): Test[] => tests.filter(({ body }) => word.test(body));
  const rules = readRules(root).map((name): Row => ({
    group: 'rules',
    name,
    tests: tests.filter(({ title }) => rulesIn(title).has(name)),
    transcripts: heads.flatMap(([transcript, quoted]) => (quoted.has(name) ? transcript : [])),
    signs: name in NOT_IN_RUNS ? null : (SIGNS[name] ?? []),
  }));
  const messages = readMessageTypes(root).map((name): Row => ({
    group: 'messages',
    name,
    tests: using(new RegExp(`'${name}'`)),
    transcripts: transcripts.flatMap(([transcript, text]) =>
      new RegExp(`: ${name}\\b`).test(text) ? transcript : [],
    ),
    signs: name in NOT_IN_RUNS ? null : [name],
  }));
  const quoting = tests.map((test) => ({ test, literals: literalsIn(test.body) }));
  const reasons = Object.entries(REASONS).map(([name, sign]): Row => {
    const [, kind = '', word = ''] = /^(.+?),? `(.+)`$/.exec(name) ?? [];
    const { literal, beside, told } = whereToLook(kind, word);
    return {
      group: 'reasons',
      name,
      tests: quoting.flatMap(({ test, literals }) =>
        literals.has(literal) && beside.test(test.body) ? test : [],
      ),
      transcripts: transcripts.flatMap(([transcript, text]) =>
        text.includes(told) ? transcript : [],
      ),
      signs: name in NOT_IN_RUNS ? null : [sign],
    };
  });
  const outside = [...visitorRows(root, tests), ...signalingRows(root, tests)];
  const server = serverRows(root, quoting);
  return [...rules, ...messages, ...outside, ...reasons, ...server, ...inputRows(root, quoting)];
}

/** Some of them have the name of a message between gates, so only tests of visitors count. */
function visitorRows(root: string, tests: readonly Test[]): Row[] {
  return readVisitorTypes(root).map((type): Row => ({
    group: 'messages',
    name: `${type}, of a visit`,
    tests: tests.filter(({ file, body }) => /\bvisit/.test(file) && body.includes(`'${type}'`)),
    transcripts: [],
    signs: `${type}, of a visit` in NOT_IN_RUNS ? null : [`visit ${type}`],
  }));
}

function signalingRows(root: string, tests: readonly Test[]): Row[] {
  const nearby = tests.filter(({ file }) => file.includes('signaling'));
  return readSignalingTypes(root).map((type): Row => {
    const said = new RegExp(`type: '${type}'|"type":"${type}"|\\.${type}\\(|\\('${type}'`);
    return {
      group: 'messages',
      name: `${type}, of the signaling server`,
      tests: nearby.filter(({ body }) => said.test(body)),
      transcripts: [],
      signs: null,
    };
  });
}

function serverRows(root: string, quoting: Quoting): Row[] {
  return readServerRefusals(root).map((reason): Row => ({
    group: 'reasons',
    name: `signaling server \`${reason}\``,
    tests: quoting.flatMap(({ test, literals }) =>
      test.file.startsWith('signaling') &&
      (literals.has(reason) || new RegExp(`['"]?${reason}['"]?: \\d`).test(test.body))
        ? test
        : [],
    ),
    transcripts: [],
    signs: null,
  }));
}

/** The same word is a reason for several things: what a test quotes, what it speaks of, and how a transcript says it. */
function whereToLook(
  kind: string,
  word: string,
): { literal: string; beside: RegExp; told: string } {
  switch (kind) {
    case 'ballot lost':
      return { literal: `ballot-lost: ${word}`, beside: /notes/, told: `(ballot-lost: ${word})` };
    case 'outcome':
      return { literal: word, beside: /\b(allowed|success|outcome)/, told: `"reason":"${word}"` };
    case 'error':
      return { literal: word, beside: /\b(code|definite)\b/, told: `is told: ${word},` };
    default:
      return { literal: word, beside: new RegExp(`\\b${kind}\\b`), told: `${kind} ${word}` };
  }
}

type Quoting = readonly { readonly test: Test; readonly literals: ReadonlySet<string> }[];

function inputRows(root: string, quoting: Quoting): Row[] {
  const reasons = readInputReasons(root);
  const quoted = quoting.map(({ test, literals }) => ({
    test,
    reasons: new Set([...literals].map((literal) => reasonIn(literal, reasons))),
  }));
  return reasons.map(({ words }): Row => ({
    group: 'input',
    name: words,
    tests: quoted.flatMap((one) => (one.reasons.has(words) ? one.test : [])),
    transcripts: [],
    signs: null,
  }));
}

/** What no test covers. */
export function untested(rows: readonly Row[]): string[] {
  return rows.filter(({ tests }) => tests.length === 0).map(({ name }) => name);
}

/** What no run has shown. */
export function unseen(rows: readonly Row[], counts: ReadonlyMap<string, number>): string[] {
  return rows.filter(({ signs }) => signs && timesOf(signs, counts) === 0).map(({ name }) => name);
}

export function writeTable(
  rows: readonly Row[],
  counts: ReadonlyMap<string, number>,
  command: string,
): string {
  const of = (group: Row['group']): Row[] => rows.filter((row) => row.group === group);
  return [
    '# Coverage',
    '',
    `Made by \`${command}\`: how often tests and runs of the simulator cover each rule, message and refusal of`,
    'PROTOCOL.md and of the signaling server. A rule is tested where a title quotes it, the rest where a test names it; a rule shows in a run by its',
    'signs, of which the rarest is counted.',
    '',
    '## Rules',
    '',
    '| Rule | Tests | Transcripts | Runs | Signs |',
    '| --- | --: | --- | --: | --- |',
    ...of('rules').map((row) => line(row, counts, signsOf(row))),
    '',
    '## Messages',
    '',
    '| Message | Tests | Transcripts | Runs | |',
    '| --- | --: | --- | --: | --- |',
    ...of('messages').map((row) => line(row, counts, whyNot(row))),
    '',
    '## Refusals, errors and reasons to give up',
    '',
    '| Reason | Tests | Transcripts | Runs | |',
    '| --- | --: | --- | --: | --- |',
    ...of('reasons').map((row) => line(row, counts, whyNot(row))),
    '',
    '## Refused input',
    '',
    INPUT_IN_RUNS,
    '',
    '| Reason | Tests |',
    '| --- | --: |',
    ...of('input').map(({ name, tests }) => `| ${name} | ${tests.length} |`),
    '',
  ].join('\n');
}

function line(row: Row, counts: ReadonlyMap<string, number>, more: string): string {
  const { name, tests, transcripts, signs } = row;
  const times = signs ? String(timesOf(signs, counts)) : '-';
  const cells = [name, String(tests.length), transcripts.join(', '), times, more];
  return `| ${cells.join(' | ')} |`;
}

function signsOf(row: Row): string {
  return row.signs ? row.signs.join('; ') : whyNot(row);
}

/** Why runs do not show it; '' where they do. */
function whyNot({ name, signs }: Row): string {
  if (signs) return '';
  return NOT_IN_RUNS[name] ?? SERVER_IN_RUNS;
}

/** Of the rarest sign. */
function timesOf(signs: readonly string[], counts: ReadonlyMap<string, number>): number {
  return Math.min(
    ...signs.map((sign) => counts.get(sign) ?? 0),
    ...(signs.length === 0 ? [0] : []),
  );
}
