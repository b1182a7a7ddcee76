import type { ReplyValue } from '../core/effects.ts';
import type { Command } from '../core/events.ts';
import { MAX_LATE } from '../core/decode.ts';
import type { Inspection } from '../core/multicast/inspection.ts';
import { MAX_TEXT, multicastKey, type Multicast } from '../core/multicast/multicast.ts';
import {
  GatehouseError,
  type DeliveredMessage,
  type MulticastCalls,
  type MulticastCost,
  type MulticastMessage,
  type MulticastPeer,
  type MulticastState,
} from './gatehouse.ts';
import type { Host } from './host.ts';
import { measureMulticasts } from './multicast-measure.ts';

/** At once, for `measure`. */
const MAX_MEASURED = 200;

/** Gives a command to the node that runs, or throws. */
type GiveCommand = (
  what: string,
  command: Exclude<Command, { type: 'submit' }>,
) => Promise<ReplyValue>;

/** As that, without a line in the trace: the page looks once a second. */
type Ask = (command: Extract<Command, { type: 'inspect' }>) => Promise<ReplyValue>;

/** `window.gatehouse.multicast`: total-order multicast on one host. */
export class MulticastConsole implements MulticastCalls {
  constructor(
    private readonly host: Host,
    private readonly command: GiveCommand,
    private readonly quietly: Ask,
  ) {}

  async send(text: string): Promise<{ id: string }> {
    if (typeof text !== 'string' || text === '' || text.length > MAX_TEXT)
      throw invalid(`text: 1 to ${MAX_TEXT} characters`);
    const value = await this.command('multicast', { type: 'multicast', text });
    if (value.type !== 'multicast') throw invalid('the message was not sent');
    return { id: value.id };
  }

  delivered(): DeliveredMessage[] {
    const kept = this.host.life?.driver.node.group.history.kept ?? [];
    return kept.map(({ multicast, position }) => ({ ...messageOf(multicast), position }));
  }

  held(): number {
    return this.host.life?.driver.node.groups.report().held.length ?? 0;
  }

  delayNext(ms: number): void {
    if (typeof ms !== 'number' || !(ms >= 0 && ms <= MAX_LATE))
      throw invalid('ms: a time from 0 to an hour');
    if (!this.host.life) throw new GatehouseError('crashed', true, 'this gate does not run');
    this.host.command(`delayNext ${ms}`);
    this.host.life.driver.command({ type: 'delay-next', ms }, () => undefined);
  }

  inspect(): MulticastState {
    const report = this.host.life?.driver.node.groups.report();
    const kind = report?.kind ?? this.host.home.settings.multicast;
    const members = report?.view?.members.map(({ id }) => id) ?? [];
    return {
      kind,
      view: report?.view?.number ?? 0,
      members,
      sequencer: kind === 'sequencer' ? (members.at(-1) ?? null) : null,
      pending: report?.pending ?? 0,
      held: (report?.held ?? []).map(messageOf),
      delivered: report?.delivered ?? 0,
      messages: { ...report?.messages },
      latencies: (this.host.life?.driver.node.group.history.kept ?? []).flatMap(({ ms }) =>
        ms === null ? [] : [ms],
      ),
    };
  }

  async peers(): Promise<MulticastPeer[]> {
    const reply = await this.quietly({ type: 'inspect' });
    return reply.type === 'inspected' ? reply.inspections.map(peerOf) : [];
  }

  async measure(multicasts = 20): Promise<MulticastCost> {
    if (!Number.isInteger(multicasts) || multicasts < 1 || multicasts > MAX_MEASURED)
      throw invalid(`multicasts: a whole number from 1 to ${MAX_MEASURED}`);
    return measureMulticasts(this, this.host.home.self.id, multicasts);
  }
}

function messageOf(multicast: Multicast): MulticastMessage {
  return { id: multicastKey(multicast), from: multicast.from, text: multicast.text };
}

function peerOf({ peer, told }: Inspection): MulticastPeer {
  if (!told) return { id: peer, told };
  const { view, pending, sent, delivered, recent, heldBack, held } = told;
  const lists = { recent: recent.map(messageOf), held: held.map(messageOf) };
  return { id: peer, told: { view, pending, sent, delivered, heldBack, ...lists } };
}

function invalid(message: string): GatehouseError {
  return new GatehouseError('invalid', true, message);
}
