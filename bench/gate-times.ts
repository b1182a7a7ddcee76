import type { Page } from 'playwright';
import type { Gatehouse, Status } from '../src/runtime/gatehouse.ts';
import type { Joined } from './pages/lib/joined.ts';

/** When a gate's page came how far: see `Joined`. */
export interface GateTimes extends Joined {
  /** When the console's `ready` resolved. */
  readonly ready: number;
  /** When the gate was in the park of all others, linked to all of them. */
  readonly complete: number;
}

declare global {
  interface Window {
    gateTimes?: Promise<GateTimes>;
  }
}

/** Makes the next page that is opened here note its times. `others`: how many gates there will be beside it. */
export async function noteTimes(page: Page, others: number): Promise<void> {
  await page.addInitScript(watch, others);
}

/** Resolves once the gate is in the park with all others. */
export async function gateTimes(page: Page): Promise<GateTimes> {
  const times = await page.evaluate(() => window.gateTimes);
  if (!times) throw new Error('its times were not asked for');
  return times;
}

/** Runs in the page before anything else does. */
function watch(others: number): void {
  const now = (): number => performance.timeOrigin + performance.now();
  let listed = 0;
  window.WebSocket = class extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      this.addEventListener('message', ({ data }: MessageEvent<string>) => {
        if (data.startsWith('{"type":"welcome"')) listed ||= now();
      });
    }
  };
  window.gateTimes = new Promise((resolve) => {
    let console: Gatehouse | undefined;
    // The page sets it as soon as there is one.
    Object.defineProperty(window, 'gatehouse', {
      configurable: true,
      get: () => console,
      set: (gatehouse: Gatehouse) => {
        console = gatehouse;
        follow(gatehouse);
      },
    });
    const follow = (gatehouse: Gatehouse): void => {
      let first = 0;
      let all = 0;
      let complete = 0;
      let ready = 0;
      const look = ({ peers, members, quorum }: Status): void => {
        const linked = peers.filter(({ link }) => link === 'open').length;
        if (linked > 0) first ||= now();
        if (linked >= others) all ||= now();
        if (all && quorum && members > others) complete ||= now();
        if (!complete || !ready) return;
        end();
        resolve({ opened: performance.timeOrigin, listed, first, all, ready, complete });
      };
      const end = gatehouse.subscribe(look);
      void gatehouse.ready().then((status) => {
        ready = now();
        look(status);
      });
      look(gatehouse.status());
    };
  });
}
