/** The composition root: where the parts of a tab are put together. */
import * as v from 'valibot';
import { parseAddress } from './runtime/address.ts';
import { Console } from './runtime/console.ts';
import type { Gatehouse } from './runtime/gatehouse.ts';
import { Host } from './runtime/host.ts';
import { WorkerClock } from './runtime/worker-clock.ts';
import { TabHome } from './tab-home.ts';
import './ui/app-shell.ts';

declare global {
  interface Window {
    gatehouse?: Gatehouse;
  }
}

const configShape = v.object({
  iceServers: v.array(
    v.object({
      urls: v.union([v.string(), v.array(v.string())]),
      username: v.optional(v.string()),
      credential: v.optional(v.string()),
    }),
  ),
});

/** How long the server's configuration is waited for, ms: a page from the cache must open without a server. */
const CONFIG_PATIENCE = 2000;

async function open(): Promise<void> {
  const parsed = parseAddress(location.search);
  if (!parsed.ok) {
    complain('This address cannot be opened', parsed.problems);
    return;
  }
  const clock = new WorkerClock();
  const home = await TabHome.claim(parsed.address, clock, await loadIceServers());
  const host = new Host(home);
  const gatehouse = new Console(host, clock, home.random());
  host.start();
  window.gatehouse = gatehouse;
  followPage(host);
  const app = document.createElement('gatehouse-app');
  app.gatehouse = gatehouse;
  document.body.append(app);
}

/** Empty when the server does not answer: within one network no such servers are needed. */
async function loadIceServers(): Promise<RTCIceServer[]> {
  try {
    const response = await fetch('/config.json', { signal: AbortSignal.timeout(CONFIG_PATIENCE) });
    const { iceServers } = v.parse(configShape, await response.json());
    return iceServers.map(({ urls, username, credential }) => ({
      urls,
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    }));
  } catch (error) {
    console.warn(
      'Gatehouse: no configuration from the server, going on without ICE servers.',
      error,
    );
    return [];
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
  const main = document.createElement('main');
  const heading = document.createElement('h1');
  heading.textContent = title;
  const list = document.createElement('ul');
  for (const problem of problems) {
    const item = document.createElement('li');
    item.textContent = problem;
    list.append(item);
  }
  main.append(heading, list);
  document.body.append(main);
}

open().catch((error: unknown) => {
  console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  complain('This gate cannot open', [message]);
});
