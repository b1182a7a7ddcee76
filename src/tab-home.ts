import type { ParkSettings } from './core/entry.ts';
import type { Peer } from './core/identity.ts';
import type { Address } from './runtime/address.ts';
import type { Clock } from './runtime/clock.ts';
import type { Home, HomePorts } from './runtime/host.ts';
import { IndexedDbStorage } from './storage/indexeddb.ts';
import {
  claimSlot,
  moveInto,
  reclaimSlot,
  SlotLost,
  type Slot,
  type SlotIdentity,
} from './storage/slots.ts';
import { createGateTransports } from './transport/tab-transport.ts';

/** Where a tab's node lives: a slot of the device, which keeps its identity and its log. */
export class TabHome implements Home {
  readonly park: string;
  readonly settings: ParkSettings;

  private constructor(
    private slot: Slot,
    private identity: SlotIdentity,
    private readonly address: Address,
    private readonly clock: Clock,
    private readonly iceServers: RTCIceServer[],
  ) {
    this.park = address.park;
    this.settings = address.settings;
  }

  /** Claims a slot, and moves in as the address asks. Rejects when the browser has no storage for it. */
  static async claim(address: Address, clock: Clock, iceServers: RTCIceServer[]): Promise<TabHome> {
    const claimed = await claimSlot(address.park);
    const { slot, identity } = await moveInto(claimed, choices(address), () =>
      reclaimSlot(address.park),
    );
    return new TabHome(slot, identity, address, clock, iceServers);
  }

  /** What is wrong with the slots of this park that were left alone. */
  get damage(): readonly string[] {
    return this.slot.damage;
  }

  get self(): Peer {
    const { id, name, priority } = this.identity;
    return { id, name, priority };
  }

  open(): HomePorts {
    const { clock, iceServers, park } = this;
    return {
      clock,
      storage: new IndexedDbStorage(this.slot.databaseName, this.identity.id),
      ...createGateTransports({
        signalingUrl: signalingUrl(location),
        park,
        secret: this.identity.secret,
        iceServers,
        clock,
        random: this.random(),
      }),
    };
  }

  async renew(): Promise<void> {
    // Claimed again, so that a slot that another tab has taken meanwhile is left alone.
    this.slot.release();
    const reclaim = (): Promise<Slot> => reclaimSlot(this.park);
    const { slot, identity } = await moveInto(await reclaim(), choices(this.address), reclaim);
    this.slot = slot;
    this.identity = identity;
  }

  async save(self: Peer): Promise<'kept' | 'lost'> {
    this.identity = { ...this.identity, name: self.name, priority: self.priority };
    try {
      await this.slot.save(this.identity);
      return 'kept';
    } catch (error) {
      if (error instanceof SlotLost) return 'lost';
      throw error;
    }
  }

  random(): () => number {
    return Math.random;
  }
}

/** The part of the address that becomes part of the identity. */
function choices({ name, priority }: Address): { name?: string; priority?: number } {
  return {
    ...(name === undefined ? {} : { name }),
    ...(priority === undefined ? {} : { priority }),
  };
}

export function signalingUrl({ protocol, host }: Location): string {
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/signaling`;
}
