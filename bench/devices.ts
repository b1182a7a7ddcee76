import type { Page } from 'playwright';
import { Device } from './browsers.ts';
import type { Environment } from './environment.ts';
import { floors, joined, newRoom, openMember } from './joining.ts';
import { openPark } from './park.ts';
import { installDoor } from './pressing.ts';

/** Does something with so many browsers, each with a disk of its own, and discards them. */
export async function withDevices<T>(
  count: number,
  use: (devices: readonly Device[]) => Promise<T>,
): Promise<T> {
  const devices = await Device.openAll(count);
  try {
    return await use(devices);
  } finally {
    await Promise.all(devices.map((device) => device.discard()));
  }
}

/** Opens a page on each device, and closes them. */
export async function onPages<T>(
  devices: readonly Device[],
  use: (pages: readonly Page[]) => Promise<T>,
): Promise<T> {
  const pages = await Promise.all(devices.map(({ context }) => context.newPage()));
  try {
    return await use(pages);
  } finally {
    await Promise.all(pages.map((page) => page.close()));
  }
}

/** Makes these pages gates of a new park, with doors; the last one leads. */
export async function openDoors(pages: readonly Page[], { gatehouse }: Environment): Promise<void> {
  await openPark(pages, gatehouse);
  await Promise.all(pages.map(installDoor));
}

/** Makes these pages the floor of a park; the last one leads. */
export async function openRawDoors(
  pages: readonly Page[],
  environment: Environment,
  page = 'raw-log',
): Promise<void> {
  const network = { ...floors(environment).raw, page };
  const room = newRoom();
  const others = pages.length - 1;
  for (const [at, tab] of pages.entries()) {
    const id = at === others ? 'leader' : `follower-${at}`;
    await openMember(tab, environment.pages, network, { room, id, others });
  }
  await Promise.all(pages.map(joined));
}
