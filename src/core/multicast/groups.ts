import { MULTICASTS, type LogEntry, type MulticastKind } from '../entry.ts';
import type { NodeId } from '../identity.ts';
import type { Node } from '../node.ts';
import type { GroupTimer } from '../timers.ts';
import { Group, type GroupMessage } from './group.ts';
import type { GroupReport } from './history.ts';
import { Sends } from './sends.ts';

/**
 * A node's part in all multicast groups: one for each order, of the same members. They have views, and cost anything, only
 * from the first message on; they know nothing of each other.
 */
export class Groups {
  readonly #groups: Readonly<Record<MulticastKind, Group>>;
  readonly #all: readonly Group[];
  /** For the group of the park's choice, before the log told which that is. */
  readonly #undecided: Sends;

  constructor(private readonly node: Node) {
    this.#groups = {
      sequencer: new Group(node, 'sequencer'),
      lamport: new Group(node, 'lamport'),
    };
    this.#all = MULTICASTS.map((order) => this.#groups[order]);
    this.#undecided = new Sends(node.context, 'multicast-deadline:undecided');
  }

  of(order: MulticastKind): Group {
    return this.#groups[order];
  }

  /** That of the park's choice: as long as there is no log, of the choice with which it would be founded here. */
  get usual(): Group {
    const { replica, config } = this.node;
    return this.of((replica.settings ?? config.settings).multicast);
  }

  /** What people see: of the park's own group. */
  report(): GroupReport {
    const report = this.usual.report();
    return { ...report, pending: report.pending + this.#undecided.size };
  }

  /** @param order the park's choice without it */
  send(request: number, text: string, order?: MulticastKind): void {
    if (order !== undefined) this.of(order).send(request, text);
    else if (this.#isDecided) this.usual.send(request, text);
    else this.#undecided.add(request, text);
  }

  /** The next message to the group of the park's choice is late. */
  delayNext(ms: number): void {
    (this.#isDecided ? this.usual.sends : this.#undecided).delayNext(ms);
  }

  received(from: NodeId, message: GroupMessage): void {
    this.of(orderOf(message)).received(from, message);
  }

  timerFired(timer: GroupTimer): void {
    const { sequencer, lamport } = this.#groups;
    switch (timer) {
      case 'multicast-resend:sequencer': {
        sequencer.timerFired('resend');
        return;
      }
      case 'multicast-late:sequencer': {
        sequencer.timerFired('late');
        return;
      }
      case 'multicast-deadline:sequencer': {
        sequencer.timerFired('deadline');
        return;
      }
      case 'multicast-resend:lamport': {
        lamport.timerFired('resend');
        return;
      }
      case 'multicast-late:lamport': {
        lamport.timerFired('late');
        return;
      }
      case 'multicast-deadline:lamport': {
        lamport.timerFired('deadline');
        return;
      }
      case 'multicast-deadline:undecided': {
        this.#undecided.deadlinePassed();
        return;
      }
    }
  }

  /** The leader's heartbeat. */
  beat(): void {
    this.#decide();
    for (const group of this.#all) group.beat();
  }

  peerFailed(): void {
    for (const group of this.#all) group.peerFailed();
  }

  follows(): void {
    this.#decide();
    for (const group of this.#all) group.follows();
  }

  startOver(): void {
    this.#undecided.abandon();
    for (const group of this.#all) group.startOver();
  }

  /** Every entry that is applied here. */
  applied({ command }: LogEntry): void {
    if (command.kind === 'view') this.of(command.order).applied(command);
  }

  /** The log is here, and with it the park's choice. */
  get #isDecided(): boolean {
    return this.node.replica.settings !== null;
  }

  #decide(): void {
    if (this.#isDecided && !this.#undecided.isIdle) this.usual.takeOver(this.#undecided);
  }
}

/** Each algorithm has messages of its own; those about views say whose they are. */
function orderOf(message: GroupMessage): MulticastKind {
  switch (message.type) {
    case 'ORDER':
    case 'NUMBERED':
    case 'HELD':
    case 'DELIVER':
      return 'sequencer';
    case 'STAMPED':
    case 'ACKNOWLEDGED':
      return 'lamport';
    default:
      return message.order;
  }
}
