/**
 * Connections over WebRTC, by simple-peer. What is known of its ways, and why this file looks as it does:
 * `signal()` throws on nonsense and dies of a bad candidate; `send()` throws and does not buffer; it dies of a
 * failed ICE, which is no fact about the peer. It is built from its own source: `simple-peer/` has what it asks for besides.
 */
import SimplePeer from 'simple-peer';
import type { NodeId } from '../core/identity.ts';
import { assert } from '../core/assert.ts';
import { Reassembler } from './framing.ts';
import { Inbound } from './inbound.ts';
import type { Connection, ConnectionEvents, ConnectionFactory, SendResult } from './links.ts';
import { Outbound, type Failure } from './outbound.ts';
import { LOW_WATER_BYTES, SendQueue } from './send-queue.ts';
import { decodeWebRtcSignal, MAX_CANDIDATES, type WebRtcSignal } from './webrtc-signal.ts';
import type { WireMessage } from './wire.ts';

export interface WebRtcOptions {
  /** STUN and TURN servers; none are needed within one network. */
  readonly iceServers: RTCIceServer[];
}

/** How long a closed connection may take to send what it still holds, ms. */
const LINGER_MS = 1_000;
/** How SCTP says that the other side closed on purpose (RFC 4960, 3.3.10.12). */
const USER_INITIATED_ABORT = 12;

/** Makes connections over WebRTC. */
export function webRtcConnections(options: WebRtcOptions): ConnectionFactory {
  return (_self: NodeId, _peer: NodeId, initiator: boolean, events: ConnectionEvents) =>
    new WebRtcConnection(options, initiator, events);
}

/** A part of simple-peer that it does not document: there is no other way to its buffer's events. */
interface Inside {
  readonly _channel?: RTCDataChannel | null;
}

class WebRtcConnection implements Connection {
  readonly #peer: SimplePeer.Instance;
  readonly #initiator: boolean;
  readonly #reassembler = new Reassembler();
  /** Undefined once we have closed. */
  #events: ConnectionEvents | undefined;
  #channel: RTCDataChannel | undefined;
  #outbound: Outbound | undefined;
  readonly #inbound = new Inbound({
    message: (text) => this.#onText(text),
    refused: (reason) => this.#events?.refused(reason),
  });
  #described = false;
  #candidates = 0;
  /** What we know about how it ended. */
  #gaveUp = false;

  constructor(options: WebRtcOptions, initiator: boolean, events: ConnectionEvents) {
    this.#initiator = initiator;
    this.#events = events;
    this.#peer = new SimplePeer({
      initiator,
      trickle: true,
      // Frames stay frames; the stream would be free to cut and join them.
      objectMode: true,
      config: { iceServers: options.iceServers },
    });
    this.#peer.on('signal', (data) => this.#onSignal(data));
    this.#peer.on('connect', () => this.#onOpen());
    this.#peer.on('data', (data: unknown) => this.#onData(data));
    this.#peer.on('error', (error) => this.#onError(error));
    this.#peer.on('close', () => this.#onClose());
  }

  signal(payload: unknown): void {
    if (this.#events === undefined) return;
    const decoded = decodeWebRtcSignal(payload);
    const reason = decoded.ok ? this.#feed(decoded.signal) : decoded.reason;
    if (reason !== undefined) this.#events.refused(reason);
  }

  send(message: WireMessage): SendResult {
    const outbound = this.#outbound;
    if (outbound === undefined || this.#events === undefined) return 'closed';
    const result = outbound.push(JSON.stringify(message));
    switch (result) {
      case 'taken':
        return 'sent';
      case 'too-large':
        return 'too-large';
      case 'too-far-behind':
      case 'closed':
        this.#giveUp(result);
        return 'closed';
    }
  }

  close(): void {
    if (this.#events === undefined) return;
    this.#events = undefined;
    const channel = this.#channel;
    if (channel === undefined || channel.readyState !== 'open') {
      this.#peer.destroy();
      return;
    }
    try {
      this.#outbound?.flush();
    } catch {
      // More than the channel takes: what is left is lost, as it may be.
    }
    // The channel sends what it holds and then closes; closing the connection at once would throw that away.
    channel.close();
    setTimeout(() => {
      this.#peer.destroy();
    }, LINGER_MS);
  }

  /** Hands a checked signal on. Returns why it can't be used, if so. */
  #feed(signal: WebRtcSignal): string | undefined {
    if (signal.type === 'candidate') {
      if (++this.#candidates > MAX_CANDIDATES) return 'signal: too many candidates';
    } else {
      const expected = this.#initiator ? 'answer' : 'offer';
      // A second description would renegotiate, which a data channel never needs.
      if (signal.type !== expected || this.#described) return `signal: unexpected ${signal.type}`;
      this.#described = true;
    }
    try {
      this.#peer.signal(forSimplePeer(signal));
      return undefined;
    } catch {
      return 'signal: refused by the connection';
    }
  }

  #onSignal(data: SimplePeer.SignalData): void {
    const signal = fromSimplePeer(data);
    if (signal !== undefined) this.#events?.signal(signal);
  }

  #onOpen(): void {
    // Data may come before simple-peer has noticed that it is connected.
    if (this.#channel !== undefined || this.#events === undefined) return;
    const channel = (this.#peer as Inside)._channel ?? undefined;
    assert(channel !== undefined, 'an open connection has a channel');
    this.#channel = channel;
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    const queue = new SendQueue({
      get bufferedAmount() {
        return channel.bufferedAmount;
      },
      send: (frame) => channel.send(frame as Uint8Array<ArrayBuffer>),
    });
    this.#outbound = new Outbound(queue, (why) => this.#giveUp(why));
    channel.addEventListener('bufferedamountlow', () => this.#drain(queue));
    this.#events.open();
  }

  #giveUp(why: Failure): void {
    // It is 8 MiB behind: better to begin anew than to hold ever more.
    if (why === 'too-far-behind') this.#events?.refused('link: too far behind');
    // Else the channel closes under us: `close` follows, or has to be made to.
    this.#gaveUp = true;
    this.#peer.destroy();
  }

  #drain(queue: SendQueue): void {
    try {
      queue.drain();
    } catch {
      this.#peer.destroy();
    }
  }

  #onData(data: unknown): void {
    if (this.#events === undefined) return;
    this.#onOpen();
    if (!(data instanceof Uint8Array)) {
      this.#events.refused('frame: no bytes');
      return;
    }
    const result = this.#reassembler.push(data);
    const problem = result.kind === 'partial' ? null : this.#inbound.push(result);
    if (problem === null) return;
    this.#events.refused(problem);
    this.#gaveUp = true;
    this.#peer.destroy();
  }

  #onText(text: string): void {
    if (this.#events === undefined) return;
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      this.#events.refused('frame: no JSON');
      return;
    }
    this.#events.received(parsed);
  }

  #onError(error: Error): void {
    const { sctpCauseCode } = error as { sctpCauseCode?: unknown };
    const onPurpose =
      sctpCauseCode === USER_INITIATED_ABORT || error.message.includes('User-Initiated Abort');
    // A failed ICE, a bad description and the like: our own giving up, which says nothing about the peer.
    if (!onPurpose) this.#gaveUp = true;
  }

  /** Only a channel that ended without an error, or by an abort, was closed by the other side. */
  #onClose(): void {
    this.#inbound.end(() => {
      const events = this.#events;
      this.#events = undefined;
      events?.closed(this.#channel !== undefined && !this.#gaveUp);
    });
  }
}

function forSimplePeer(signal: WebRtcSignal): SimplePeer.SignalData {
  if (signal.type !== 'candidate') return signal;
  const candidate = { candidate: signal.candidate, sdpMLineIndex: 0 };
  // Only these fields are ever read.
  return { type: 'candidate', candidate: candidate as RTCIceCandidate };
}

/** Undefined for what media would need and a data channel never says. */
function fromSimplePeer(data: SimplePeer.SignalData): WebRtcSignal | undefined {
  if (data.type === 'candidate') return { type: 'candidate', candidate: data.candidate.candidate };
  if ((data.type === 'offer' || data.type === 'answer') && data.sdp !== undefined) {
    return { type: data.type, sdp: data.sdp };
  }
  return undefined;
}
