import type { LogEntry, MulticastKind } from '../../core/entry.ts';
import type { Delivered } from '../../core/multicast/history.ts';
import type { GroupMember, Multicast, View } from '../../core/multicast/multicast.ts';
import type { Applied } from '../../core/replica.ts';
import { Violation } from './violation.ts';

/** What this checker reads of a node. */
export interface ObservedMember {
  readonly replica: {
    view(order: MulticastKind): View | null;
    onApplied(listener: (applied: Applied) => void): void;
  };
  readonly groups: { of(order: MulticastKind): ObservedGroup };
}

interface ObservedGroup {
  readonly incarnation: string;
  readonly view: View | null;
  readonly history: { onDelivered(listener: (delivered: Delivered) => void): void };
}

/** A node in one of its lives in the group: what it delivered is one list. */
interface Process {
  readonly life: string;
  readonly incarnation: string;
  /** Texts, in the order of delivery, and where each stands: in which view, and the how-manieth of the group. */
  readonly texts: Map<string, { readonly view: number; readonly number: number }>;
  /** Of each sender's life the number that was delivered last. */
  readonly last: Map<string, number>;
  /** The same for each view that it was in. */
  readonly inViews: Map<string, string[]>;
}

/** The page that a node runs in: it may be several members of the group, one after the other. */
interface Page {
  readonly name: string;
  readonly group: ObservedGroup;
  /** The number of the newest view that its node has applied; 0 for none. */
  readonly applied: () => number;
  /** Who it is in the view that it has installed, null while it is in none. */
  member: { readonly process: Process; readonly view: View } | null;
}

/** One view, wherever it is installed. */
interface Order {
  /** As far as anybody delivered it before the view ended there. */
  readonly live: string[];
  /** How it ended for those who went on to the next view, by that view. Another generation has another. */
  readonly ends: Map<string, { readonly texts: readonly string[]; readonly isLost: boolean }>;
}

interface Sent {
  readonly by: string;
  /** What its sender had delivered last, and sent last, before it. */
  readonly after: readonly string[];
}

/**
 * Total order in one group (rules T1 to T3), from what nodes deliver alone: one order in each view, whose ends agree; of each sender
 * all messages and none twice; and what was known to a sender comes before what it sent then.
 */
export class MulticastChecker {
  readonly #processes = new Map<string, Process>();
  readonly #pages = new Map<string, Page>();
  readonly #orders = new Map<string, Order>();
  readonly #sent = new Map<string, Sent>();
  /** Of each life the text that it sent last. */
  readonly #lastSent = new Map<string, string>();
  readonly #told = new Map<string, 'ok' | 'fail' | 'info'>();
  /** What may not come after a text that was delivered. */
  readonly #mustFollow = new Map<string, string[]>();

  constructor(
    private readonly order: MulticastKind,
    private readonly guard: (work: () => void) => void,
    private readonly count: (what: string) => void,
  ) {}

  /** @param name of one life of a gate's page */
  follow(name: string, node: ObservedMember): void {
    const group = node.groups.of(this.order);
    const applied = (): number => node.replica.view(this.order)?.number ?? 0;
    const page: Page = { name, group, applied, member: null };
    this.#pages.set(name, page);
    group.history.onDelivered((delivered) => {
      this.guard(() => {
        this.#delivered(page, delivered);
      });
    });
    node.replica.onApplied(({ entry }) => {
      this.guard(() => {
        this.#applied(page, entry);
      });
    });
  }

  /** A page is asked to send. Returns the text, which is like no other. */
  asked(life: string, node: string, client: string): string {
    const text = `${client} ${this.#sent.size + 1}`;
    const current = [...this.#processes.values()].findLast((process) => process.life === life);
    const after = [[...(current?.texts.keys() ?? [])].at(-1), this.#lastSent.get(life)];
    const known = after.flatMap((one) => one ?? []);
    this.#sent.set(text, { by: node, after: known });
    this.#lastSent.set(life, text);
    for (const one of known) {
      const followers = this.#mustFollow.get(one) ?? [];
      followers.push(text);
      this.#mustFollow.set(one, followers);
    }
    return text;
  }

  answered(life: string, text: string, told: 'ok' | 'fail' | 'info'): void {
    this.count(`multicast ${told}`);
    this.#told.set(text, told);
    if (told !== 'ok') return;
    const has = [...this.#processes.values()].some(
      (process) => process.life === life && process.texts.has(text),
    );
    if (!has) throw new Violation('T14', `${text} was answered, and is not delivered there`);
  }

  /** Where a page has delivered a text, as it was counted here; null where it has not. */
  positionAt(life: string, text: string): { view: number; number: number } | null {
    const process = [...this.#processes.values()].findLast(
      (one) => one.life === life && one.texts.has(text),
    );
    return process?.texts.get(text) ?? null;
  }

  /** Rule C9: whoever delivered some of these texts, delivered them in this order. */
  checkOrder(texts: readonly string[], what: string): void {
    for (const process of this.#processes.values()) {
      const here = texts.filter((text) => process.texts.has(text));
      const wanted = new Set(here);
      const delivered = [...process.texts.keys()].filter((text) => wanted.has(text));
      if (!isEqual(here, delivered))
        throw new Violation(
          'C9',
          `${what} has ${here.join()}, ${process.life} delivered ${delivered.join()}`,
        );
    }
  }

  /**
   * Everything is over: who is in the same view has delivered the same.
   * @param pages that are open
   */
  ended(pages: readonly string[]): void {
    for (const name of pages) {
      const member = this.#pages.get(name)?.member;
      if (!member) continue;
      const { live } = this.#order(member.view);
      const count = countIn(member.process, member.view);
      if (count !== live.length)
        throw new Violation('T3', `${name} has delivered ${count} of ${live.length} in the end`);
    }
    for (const [text, told] of this.#told) {
      if (told !== 'fail') continue;
      const where = [...this.#processes.values()].find((process) => process.texts.has(text));
      if (where) throw new Violation('T14', `${text} surely failed, yet ${where.life} has it`);
    }
  }

  #delivered(page: Page, { multicast, view, position }: Delivered): void {
    const process = this.#process(page.name, page.group.incarnation);
    this.count('multicast delivered');
    const inView = process.inViews.get(keyOf(view)) ?? this.#enter(process, view);
    const who = `${page.name} in view ${view.number}`;
    this.#checkMessage(process, multicast, who);
    inView.push(multicast.text);
    const place = { view: view.number, number: view.start + inView.length };
    process.texts.set(multicast.text, place);
    if (place.view !== position.view || place.number !== position.number)
      throw new Violation('T1', `${who}: ${multicast.text} is said to be ${position.number}`);
    if (page.applied() === view.number) this.#checkPlace(inView, view, who);
  }

  #checkMessage(process: Process, multicast: Multicast, who: string): void {
    const { text, from, incarnation, number } = multicast;
    const sender = `${from}.${incarnation}`;
    if (this.#sent.get(text)?.by !== from)
      throw new Violation('T1', `${who}: ${from} did not send ${text}`);
    if (process.texts.has(text)) throw new Violation('T1', `${who}: ${text} is delivered twice`);
    const expected = (process.last.get(sender) ?? Infinity) + 1;
    if (number !== expected)
      throw new Violation('T1', `${who}: no. ${number} of ${sender} comes, due is ${expected}`);
    const tooEarly = this.#mustFollow.get(text)?.find((later) => process.texts.has(later));
    if (tooEarly !== undefined)
      throw new Violation('T2', `${who}: ${text} comes after ${tooEarly}, whose sender knew it`);
    process.last.set(sender, number);
  }

  /** While a view lasts: what comes is what came at the same place elsewhere, and what it ends with where it has. */
  #checkPlace(inView: readonly string[], view: View, who: string): void {
    const { live, ends } = this.#order(view);
    const place = inView.length - 1;
    const text = inView[place] ?? '';
    live[place] ??= text;
    if (live[place] !== text)
      throw new Violation('T1', `${who}: ${text} is no. ${place + 1}, elsewhere ${live[place]}`);
    for (const end of ends.values()) {
      if (!end.isLost && end.texts[place] !== text)
        throw new Violation('T3', `${who}: ${text} is not delivered by those who went on`);
    }
  }

  #enter(process: Process, view: View): string[] {
    const inView: string[] = [];
    process.inViews.set(keyOf(view), inView);
    for (const { id, incarnation, delivered } of view.members) {
      const sender = `${id}.${incarnation}`;
      const before = process.last.get(sender);
      if (before !== undefined && before !== delivered)
        throw new Violation(
          'T3',
          `${process.life} has ${before} of ${sender}, view ${view.number} begins after ${delivered}`,
        );
      process.last.set(sender, delivered);
    }
    return inView;
  }

  #applied(page: Page, { command }: LogEntry): void {
    if (command.kind !== 'view' || command.order !== this.order) {
      // It has set its log aside, or a snapshot took the place of a view's entry: its part in that view is over (T8).
      if (page.group.view === null) page.member = null;
      return;
    }
    const { member } = page;
    if (member?.view.number === command.view.number - 1) this.#left(member, command.view);
    const { view, incarnation } = page.group;
    page.member = view && { process: this.#process(page.name, incarnation), view };
    if (view) this.count('view installed');
  }

  /** A member goes on to the next view, or is left out: in both cases it has delivered all of the last one. */
  #left({ process, view }: NonNullable<Page['member']>, next: View): void {
    const order = this.#order(view);
    const texts = process.inViews.get(keyOf(view)) ?? [];
    const goesOn = ({ id, incarnation }: GroupMember): boolean =>
      next.members.some((other) => other.id === id && other.incarnation === incarnation);
    const isLost = !view.members.some(goesOn);
    const end = order.ends.get(keyOf(next));
    const who = `${process.life} in view ${view.number}`;
    if (isLost) this.count('view whose members are lost');
    else if (order.live.some((text, place) => texts[place] !== text))
      throw new Violation('T3', `${who}: lacks some of ${order.live.join(', ')} at its end`);
    else if (end && !isEqual(end.texts, texts))
      throw new Violation('T3', `${who}: ends with ${texts.join()}, elsewhere ${end.texts.join()}`);
    else if (next.start !== view.start + texts.length)
      throw new Violation(
        'T7',
        `${who}: ends with ${view.start + texts.length}, not ${next.start}`,
      );
    order.ends.set(keyOf(next), { texts, isLost });
  }

  #order(view: View): Order {
    const key = keyOf(view);
    const order = this.#orders.get(key) ?? { live: [], ends: new Map() };
    this.#orders.set(key, order);
    return order;
  }

  #process(life: string, incarnation: string): Process {
    const key = `${life}/${incarnation}`;
    let process = this.#processes.get(key);
    if (!process) {
      const texts: Process['texts'] = new Map();
      process = { life, incarnation, texts, last: new Map(), inViews: new Map() };
      this.#processes.set(key, process);
    }
    return process;
  }
}

function countIn(process: Process, view: View): number {
  return process.inViews.get(keyOf(view))?.length ?? 0;
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, place) => b[place] === text);
}

/** No life is in two views of one number, so this is like no other. */
function keyOf({ number, members }: View): string {
  return `${number}: ${members.map(({ id, incarnation }) => `${id}.${incarnation}`).join(' ')}`;
}
