import type { Page } from 'playwright';

declare global {
  interface Window {
    wire?: Wire;
  }
}

/** What a page has given to its data channels since it was opened, as it went out: framed, and perhaps deflated. */
interface Wire {
  readonly frames: number;
  readonly bytes: number;
}

/** Makes every page that is opened here count what it sends. */
export async function countWire(page: Page): Promise<void> {
  await page.addInitScript(watch);
}

export async function wireBytes(page: Page): Promise<number> {
  return (await wireOf(page)).bytes;
}

export async function wireFrames(page: Page): Promise<number> {
  return (await wireOf(page)).frames;
}

/** Throws when it was not counted. */
async function wireOf(page: Page): Promise<Wire> {
  const wire = await page.evaluate(() => window.wire);
  if (!wire) throw new Error('nobody counts what this page sends');
  return wire;
}

/** Runs in the page before anything else does. */
function watch(): void {
  let wire: Wire = { frames: 0, bytes: 0 };
  window.wire = wire;
  const { prototype } = RTCDataChannel;
  const send = Reflect.get(prototype, 'send') as (data: unknown) => void;
  prototype.send = function (this: RTCDataChannel, data: string | ArrayBufferView): void {
    const bytes = typeof data === 'string' ? data.length : data.byteLength;
    wire = { frames: wire.frames + 1, bytes: wire.bytes + bytes };
    window.wire = wire;
    Reflect.apply(send, this, [data]);
  } as typeof prototype.send;
}
