import type { Page } from 'playwright';
import type { Environment } from './environment.ts';
import type { Joined } from './pages/lib/joined.ts';

/** A network that pages join: its page, and where its signaling is. */
export interface Network {
  readonly page: string;
  readonly signaling: string;
}

export const floors = (environment: Environment) =>
  ({
    raw: { page: 'raw-mesh', signaling: environment.signaling },
    simplePeer: { page: 'simple-peer-mesh', signaling: environment.signaling },
  }) satisfies Record<string, Network>;

export const peers = (environment: Environment) =>
  ({
    'y-webrtc': { page: 'peers/y-webrtc', signaling: environment.topics },
    trystero: { page: 'peers/trystero', signaling: environment.topics },
    peerjs: { page: 'peers/peerjs', signaling: `http://127.0.0.1:${environment.peerjs}` },
  }) satisfies Record<string, Network>;

/** A name that no other try has. */
export function newRoom(): string {
  return `bench-${Math.random().toString(36).slice(2)}`;
}

export interface Member {
  readonly room: string;
  /** Numbers count from 0 in the order of coming: PeerJS needs them so. */
  readonly id: string;
  readonly others: number;
  /** More for the address. */
  readonly query?: Readonly<Record<string, string>>;
}

/** Opens a page of a network; resolves once it is loaded. */
export async function openMember(
  page: Page,
  pages: string,
  network: Network,
  { room, id, others, query = {} }: Member,
): Promise<void> {
  const { signaling } = network;
  const address = new URLSearchParams({ signaling, room, id, others: String(others), ...query });
  await page.goto(`${pages}/${network.page}?${address.toString()}`);
}

const PATIENCE_MS = 30_000;

/** Resolves when signaling has told the page who is there, so that who comes next is told of it. */
export async function listed(page: Page): Promise<void> {
  await page.waitForFunction(() => window.listed !== undefined);
  await page.evaluate(() => window.listed);
}

/** Resolves when the page is linked to all others. Rejects after 30 s. */
export async function joined(page: Page): Promise<Joined> {
  await page.waitForFunction(() => window.joined !== undefined);
  const waited = page.evaluate(
    (patienceMs) =>
      Promise.race([
        window.joined,
        new Promise<never>((_resolve, reject) =>
          setTimeout(() => reject(new Error('not linked to all others in time')), patienceMs),
        ),
      ]),
    PATIENCE_MS,
  );
  const times = await waited;
  if (!times) throw new Error('not a page of a network');
  return times;
}
