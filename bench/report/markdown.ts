import type { Machine } from '../machine.ts';
import type { BenchResult } from '../result.ts';
import { aboutParams, withSpread } from './line.ts';
import type { Kept } from './write.ts';

const HEAD = `# What was measured

Written by \`npm run bench -- --write\`; [README.md](README.md) says what each benchmark is, and what its floor and its peers are. Each figure is
a median, with the quarters between which half of all tries lie; what stands in one row was measured in turns in one run. Machines differ: look at
the ratio to the floor. \`tries\` is how many of ours there were: some benchmarks take fewer than are asked for, and one that failed is left out.
`;
const COLUMNS = ['what', 'unit', 'floor', 'ours', 'ratio', 'tries', 'peers', 'to reach', 'reached'];

/** The report. `plots`: by the benchmark's name, where its picture is. */
export function toMarkdown(all: readonly Kept[], plots: ReadonlyMap<string, string>): string {
  const sections = all.map((kept) => section(kept, plots.get(kept.name)));
  return [HEAD, aboutPeers(all), ...sections].join('\n');
}

/** Those of the newest run: all are pinned together. */
function aboutPeers(all: readonly Kept[]): string {
  const newest = [...all].sort((a, b) => (a.date < b.date ? 1 : -1))[0];
  const peers = Object.entries(newest?.peers ?? {}).map((pair) => pair.join(' '));
  return peers.length === 0 ? '' : `The peers: ${peers.join(', ')}.\n`;
}

function section(kept: Kept, picture?: string): string {
  const { name, date, machine, results } = kept;
  const lines = [
    `## ${name}`,
    '',
    `\`${commandOf(kept)}\` at ${kept.commit}, ${date.slice(0, 10)}, on ${aboutMachine(machine)}.`,
    '',
    row(COLUMNS),
    row(COLUMNS.map(() => '---')),
    ...results.map((result) => row(cells(result))),
    '',
  ];
  if (picture !== undefined) lines.push(`![${name}: floor, ours and peers](${picture})`, '');
  return lines.join('\n');
}

function commandOf({ name, tries, soakMinutes }: Kept): string {
  const soak = soakMinutes > 0 ? ` --soak ${soakMinutes}` : '';
  return `npm run bench -- --only ${name} --tries ${tries}${soak} --write`;
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
    String(spread.ours.samples),
    peers.join('<br>') || '-',
    result.toReach ?? '-',
    result.reached === null ? '-' : result.reached ? 'yes' : '**no**',
  ];
}

function row(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
}
