import type { Page } from 'playwright';

declare global {
  interface Window {
    wire?: Wire;
  }
}

/** What pages have given to their data channels since they were opened, as it went out: framed, and perhaps deflated. */
export interface Wire {
  readonly frames: number;
  readonly bytes: number;
}

/** Makes every page that is opened here count what it sends. */
export async function countWire(page: Page): Promise<void> {
  await page.addInitScript(watch);
}

/** Of all these pages together. Throws when it was not counted. */
export async function wireOf(pages: readonly Page[]): Promise<Wire> {
  const wires = await Promise.all(pages.map(wireOfOne));
  return {
    frames: wires.reduce((sum, { frames }) => sum + frames, 0),
    bytes: wires.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function wireOfOne(page: Page): Promise<Wire> {
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
