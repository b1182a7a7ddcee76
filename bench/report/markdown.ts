import type { Machine } from '../machine.ts';
import type { BenchResult } from '../result.ts';
import { aboutParams, withSpread } from './line.ts';
import type { Kept } from './write.ts';

const HEAD = `# What was measured

Written by \`npm run bench -- --write\`; [README.md](README.md) says what each benchmark is, and what its floor and its peers are. Each figure is
a median, with the quarters between which half of all tries lie; what stands in one row was measured in turns in one run. Machines differ: look at
the ratio to the floor.
`;
const COLUMNS = ['what', 'unit', 'floor', 'ours', 'ratio', 'peers', 'to reach', 'reached'];

/** The report. `plots`: by the benchmark's name, where its picture is. */
export function toMarkdown(all: readonly Kept[], plots: ReadonlyMap<string, string>): string {
  return [HEAD, ...all.map((kept) => section(kept, plots.get(kept.name)))].join('\n');
}

function section({ name, date, tries, machine, results }: Kept, picture?: string): string {
  const lines = [
    `## ${name}`,
    '',
    `\`npm run bench -- --only ${name} --tries ${tries} --write\`, ${date.slice(0, 10)}, on ${aboutMachine(machine)}.`,
    '',
    row(COLUMNS),
    row(COLUMNS.map(() => '---')),
    ...results.map((result) => row(cells(result))),
    '',
  ];
  if (picture !== undefined) lines.push(`![${name}: floor, ours and peers](${picture})`, '');
  return lines.join('\n');
}

function aboutMachine({ cores, processor, memoryGiB, system, node, browser }: Machine): string {
  return `${cores} cores (${processor}), ${memoryGiB} GiB, ${system}, Node ${node}, ${browser}`;
}

function cells({ name, params, unit, spread, ...result }: BenchResult): string[] {
  const peers = Object.entries(spread.peers).map(
    ([peer, summary]) => `${peer} ${withSpread(summary)}`,
  );
  return [
    `${name}${aboutParams(params)}`,
    unit,
    spread.floor ? withSpread(spread.floor) : '-',
    withSpread(spread.ours),
    result.ratioToLimit === null ? '-' : String(result.ratioToLimit),
    peers.join('<br>') || '-',
    result.toReach ?? '-',
    result.reached === null ? '-' : result.reached ? 'yes' : '**no**',
  ];
}

function row(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
}
