import type { Page } from 'playwright';
import type { Gatehouse, Status } from '../src/runtime/gatehouse.ts';
import { newRoom } from './joining.ts';

declare global {
  interface Window {
    gatehouse?: Gatehouse;
  }
}

/** How a gate is opened. */
export interface GateOptions {
  readonly park: string;
  /** The greatest leads. */
  readonly priority: number;
  /** `park` without one. */
  readonly view?: string;
}

/** What no benchmark fills. */
const CAPACITY = 1_000_000_000;

export function gateAddress(url: string, { park, priority, view = 'park' }: GateOptions): string {
  return `${url}/?park=${park}&priority=${priority}&capacity=${CAPACITY}#/${view}`;
}

/** Opens a gate and resolves when it is a member that knows a leader. */
export async function openGate(page: Page, url: string, options: GateOptions): Promise<void> {
  await page.goto(gateAddress(url, options));
  await page.waitForFunction(() => window.gatehouse !== undefined);
  await page.evaluate(() => window.gatehouse?.ready());
}

/** Gates of a new park in these pages, the last of which leads. Resolves when all are linked voters. */
export async function openPark(pages: readonly Page[], url: string): Promise<string> {
  const park = newRoom();
  for (const [at, page] of pages.entries()) await openGate(page, url, { park, priority: at + 1 });
  await united(pages);
  return park;
}

/** Resolves when all of them are linked members of one park, in step, and the greatest leads. At most nine vote. */
export async function united(pages: readonly Page[]): Promise<void> {
  const asked = { gates: pages.length, patienceMs: 60_000 };
  await Promise.all(pages.map((page) => page.evaluate(untilUnited, asked)));
}

/** Runs in the page. */
function untilUnited({ gates, patienceMs }: { gates: number; patienceMs: number }): Promise<void> {
  const { gatehouse } = window;
  if (!gatehouse) throw new Error('no gate here');
  const isUnited = ({ id, priority, leader, quorum, members, role, peers }: Status): boolean => {
    const linked = peers.filter(({ link, suspected }) => link === 'open' && !suspected);
    const voters = peers.filter(({ voter }) => voter).length + (role === 'learner' ? 0 : 1);
    const best = Math.max(priority, ...peers.map((peer) => peer.priority));
    const leads = leader === id ? priority : peers.find((peer) => peer.id === leader)?.priority;
    const complete = members === gates && linked.length === gates - 1;
    return quorum && complete && voters === Math.min(gates, 9) && leads === best;
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no park of ${gates}: ${JSON.stringify(gatehouse.status())}`));
    }, patienceMs);
    const look = (): void => {
      if (!isUnited(gatehouse.status())) return;
      clearTimeout(timer);
      end();
      resolve();
    };
    const end = gatehouse.subscribe(look);
    look();
  });
}
