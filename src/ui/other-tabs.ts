import type { Gatehouse } from '../runtime/gatehouse.ts';
import { OwnTabs } from './own-tabs.ts';
import { TabWishes } from './tab-wishes.ts';

/** What the tabs of one browser say to each other. Every one listens, though only the lab and the market ask. */
export class OtherTabs {
  readonly tabs: OwnTabs;
  readonly wishes: TabWishes;

  constructor(gatehouse: Gatehouse) {
    this.tabs = new OwnTabs(gatehouse);
    this.wishes = new TabWishes(gatehouse);
  }

  close(): void {
    this.tabs.close();
    this.wishes.close();
  }
}
