/** The composition root: where the parts of a tab are put together. */
import type { Refusal } from './core/refusal.ts';
import { parseIceServers } from './ice-servers.ts';
import { parseAddress, problemWords } from './runtime/address.ts';
import { Console } from './runtime/console.ts';
import type { Gatehouse, VisitorGatehouse } from './runtime/gatehouse.ts';
import { Host } from './runtime/host.ts';
import { WorkerClock } from './runtime/worker-clock.ts';
import { IndexedDbKeychain } from './storage/indexeddb-keychain.ts';
import { TabHome } from './tab-home.ts';
import './ui/app-shell.ts';

declare global {
  interface Window {
    /** A visitor's tab has another console than a gate. */
    gatehouse?: Gatehouse | VisitorGatehouse;
  }
}

/** How long the server's configuration is waited for, ms: a page from the cache must open without a server. */
const CONFIG_PATIENCE = 2000;
const VISITOR_HASH = '#/visitor';
const BAD_CONFIGURATION: Refusal = {
  source: 'configuration',
  reason: '/config.json names no ICE servers that a browser takes',
  from: null,
};

/** Decided by the address with which the page is opened: a visitor's tab is no member of the park. */
const isVisitor = location.hash === VISITOR_HASH;

async function open(): Promise<void> {
  addEventListener('hashchange', () => {
    // A page is a gate or a visitor, and never both.
    if ((location.hash === VISITOR_HASH) !== isVisitor) location.reload();
  });
  const parsed = parseAddress(location.search);
  if (!parsed.ok) {
    complain('This address cannot be opened', parsed.problems.map(problemWords));
    return;
  }
  const notice = announce(isVisitor ? 'Opening the page …' : 'Opening the gate …');
  const clock = new WorkerClock();
  const { iceServers, refused } = await loadConfiguration();
  if (isVisitor) {
    const { openVisitor } = await import('./visitor-tab.ts');
    const visitor = await openVisitor(parsed.address.park, clock, iceServers);
    if (refused) visitor.refuse(BAD_CONFIGURATION);
    notice.remove();
    return;
  }
  const home = await TabHome.claim(parsed.address, clock, iceServers);
  const host = new Host(home);
  if (refused) host.refuse(BAD_CONFIGURATION);
  for (const reason of home.damage) host.refuse({ source: 'storage', reason, from: null });
  const keychain = new IndexedDbKeychain(home.park);
  const gatehouse = new Console(host, clock, home.random(), keychain);
  host.start();
  window.gatehouse = gatehouse;
  followPage(host);
  const app = document.createElement('gatehouse-app');
  app.addEventListener('refused-input', ({ refusal }) => host.refuse(refusal));
  app.gatehouse = gatehouse;
  notice.replaceWith(app);
}

/** Says what is under way: the disk and the server's configuration may take seconds. */
function announce(text: string): HTMLElement {
  const main = pageOfWords();
  main.textContent = text;
  document.body.append(main);
  return main;
}

function pageOfWords(): HTMLElement {
  const main = document.createElement('main');
  main.style.padding = '2rem var(--gap)';
  return main;
}

interface Configuration {
  readonly iceServers: RTCIceServer[];
  /** The server said something that is no configuration. */
  readonly refused: boolean;
}

/** Empty when the server does not answer: within one network no such servers are needed. */
async function loadConfiguration(): Promise<Configuration> {
  try {
    const response = await fetch('/config.json', { signal: AbortSignal.timeout(CONFIG_PATIENCE) });
    const iceServers = parseIceServers(await response.text());
    return { iceServers: iceServers ?? [], refused: response.ok && iceServers === null };
  } catch (error) {
    console.warn(
      'Gatehouse: no configuration from the server, going on without ICE servers.',
      error,
    );
    return { iceServers: [], refused: false };
  }
}

/**
 * A page that goes away says so. One that comes back from the browser's cache starts again from its disk: it has said
 * goodbye, and who knows how long it was away.
 */
function followPage(host: Host): void {
  addEventListener('pagehide', () => host.leave());
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}

function complain(title: string, problems: readonly string[]): void {
  const main = pageOfWords();
  const heading = document.createElement('h1');
  heading.textContent = title;
  const list = document.createElement('ul');
  for (const problem of problems) {
    const item = document.createElement('li');
    item.textContent = problem;
    list.append(item);
  }
  const start = document.createElement('a');
  start.href = '/#/start';
  start.textContent = 'To the start page';
  main.append(heading, list, start);
  document.body.replaceChildren(main);
}

open().catch((error: unknown) => {
  console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  complain(isVisitor ? 'This page cannot open' : 'This gate cannot open', [message]);
});
