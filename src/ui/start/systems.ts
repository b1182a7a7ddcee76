/** The five systems, and the addresses that open each in a park of its own. */
import type { ParkSettings } from '../../core/entry.ts';
import { searchOf } from '../../runtime/address.ts';
import { asTour } from '../visitor/tour.ts';
import type { PictureName } from './pictures.ts';

export interface Opening {
  readonly label: string;
  readonly address: string;
  /** In another tab: this one is to stay what it is. */
  readonly elsewhere?: true;
}

export interface System {
  readonly title: string;
  readonly picture: PictureName;
  readonly what: string;
  /** The first is the one to begin with. */
  readonly openings: readonly Opening[];
}

export function addressOf(
  park: string,
  view: string,
  settings: Partial<ParkSettings> = {},
): string {
  return `/${searchOf(park, settings)}#/${view}`;
}

export const SYSTEMS: readonly System[] = [
  {
    title: 'The amusement park',
    picture: 'park',
    what: 'Let visitors in and out at several gates. There are never more inside than there is room for, whichever gate crashes.',
    openings: [
      { label: 'Open the park', address: addressOf('main', 'park') },
      {
        label: 'The sample network: ten gates, few links',
        address: addressOf('sample', 'lab', { election: 'wireless', topology: 'sample' }),
      },
      {
        label: 'A visitor’s phone, in another tab',
        address: `/${asTour(searchOf('main', {}))}#/visitor`,
        elsewhere: true,
      },
    ],
  },
  {
    title: 'The bully laboratory',
    picture: 'bully',
    what: 'Crash a node, hang it or cut its links, and watch the others find out and elect the greatest that is left.',
    openings: [
      { label: 'Open the laboratory', address: addressOf('lab', 'lab', { election: 'bully' }) },
    ],
  },
  {
    title: 'GroupCast',
    picture: 'groupcast',
    what: 'Send messages to a group from several tabs at once. All members deliver them, and all in the same order.',
    openings: [
      { label: 'Open GroupCast', address: addressOf('cast', 'multicast') },
      {
        label: 'The same with Lamport’s clocks',
        address: addressOf('cast-lamport', 'multicast', { multicast: 'lamport' }),
      },
    ],
  },
  {
    title: 'The group chat',
    picture: 'chat',
    what: 'Talk in rooms and to one another by name. Every tab keeps the history; a room with a passphrase is sealed for all others.',
    openings: [
      { label: 'Open the chat', address: addressOf('chat', 'chat', { election: 'ring' }) },
    ],
  },
  {
    title: 'The trading post',
    picture: 'market',
    what: 'Sell and buy salt, boar and fish. Money and goods are never made or lost, even when the trader crashes in a sale.',
    openings: [{ label: 'Open the trading post', address: addressOf('market', 'market') }],
  },
];
