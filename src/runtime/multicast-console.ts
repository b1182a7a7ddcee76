import type { ReplyValue } from '../core/effects.ts';
import type { Command } from '../core/events.ts';
import { MAX_LATE } from '../core/decode.ts';
import { MAX_TEXT, multicastKey } from '../core/multicast/multicast.ts';
import {
  GatehouseError,
  type MulticastCalls,
  type MulticastMessage,
  type MulticastState,
} from './gatehouse.ts';
import type { Host } from './host.ts';

/** Gives a command to the node that runs, or throws. */
type GiveCommand = (
  what: string,
  command: Exclude<Command, { type: 'submit' }>,
) => Promise<ReplyValue>;

/** `window.gatehouse.multicast`: total-order multicast on one host. */
export class MulticastConsole implements MulticastCalls {
  constructor(
    private readonly host: Host,
    private readonly command: GiveCommand,
  ) {}

  async send(text: string): Promise<{ id: string }> {
    if (typeof text !== 'string' || text === '' || text.length > MAX_TEXT)
      throw invalid(`text: 1 to ${MAX_TEXT} characters`);
    const value = await this.command('multicast', { type: 'multicast', text });
    if (value.type !== 'multicast') throw invalid('the message was not sent');
    return { id: value.id };
  }

  delivered(): MulticastMessage[] {
    const kept = this.host.life?.driver.node.group.history.kept ?? [];
    return kept.map(({ id, multicast: { from, text } }) => ({ id, from, text }));
  }

  held(): number {
    return this.host.life?.driver.node.group.report().held.length ?? 0;
  }

  delayNext(ms: number): void {
    if (typeof ms !== 'number' || !(ms >= 0 && ms <= MAX_LATE))
      throw invalid('ms: a time from 0 to an hour');
    if (!this.host.life) throw new GatehouseError('crashed', true, 'this gate does not run');
    this.host.command(`delayNext ${ms}`);
    this.host.life.driver.command({ type: 'delay-next', ms }, () => undefined);
  }

  inspect(): MulticastState {
    const report = this.host.life?.driver.node.group.report();
    const kind = report?.kind ?? this.host.home.settings.multicast;
    const members = report?.view?.members.map(({ id }) => id) ?? [];
    return {
      kind,
      view: report?.view?.number ?? 0,
      members,
      sequencer: kind === 'sequencer' ? (members.at(-1) ?? null) : null,
      pending: report?.pending ?? 0,
      held: (report?.held ?? []).map((multicast) => {
        return { id: multicastKey(multicast), from: multicast.from, text: multicast.text };
      }),
      delivered: report?.delivered ?? 0,
      messages: { ...report?.messages },
      latencies: (this.host.life?.driver.node.group.history.kept ?? []).flatMap(({ ms }) =>
        ms === null ? [] : [ms],
      ),
    };
  }
}

function invalid(message: string): GatehouseError {
  return new GatehouseError('invalid', true, message);
}
