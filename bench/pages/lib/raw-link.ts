/** What two ends of a raw link tell each other before it is open. */
export type RawSignal =
  { readonly description: RTCSessionDescriptionInit } | { readonly candidate: RTCIceCandidateInit };

/** One data channel between two pages by the browser's own means, and nothing else. */
export class RawLink {
  readonly #connection = new RTCPeerConnection({ iceServers: [] });
  /** Candidates that came before the description. */
  #early: RTCIceCandidateInit[] = [];

  constructor(
    initiator: boolean,
    private readonly send: (signal: RawSignal) => void,
    private readonly opened: (channel: RTCDataChannel) => void,
  ) {
    this.#connection.onicecandidate = ({ candidate }) => {
      if (candidate) send({ candidate: candidate.toJSON() });
    };
    if (initiator) {
      this.#open(this.#connection.createDataChannel('raw'));
      void this.#describe();
    } else {
      this.#connection.ondatachannel = ({ channel }) => this.#open(channel);
    }
  }

  async accept(signal: RawSignal): Promise<void> {
    if ('candidate' in signal) {
      if (this.#connection.remoteDescription === null) this.#early.push(signal.candidate);
      else await this.#connection.addIceCandidate(signal.candidate);
      return;
    }
    await this.#connection.setRemoteDescription(signal.description);
    if (signal.description.type === 'offer') await this.#describe();
    for (const candidate of this.#early) await this.#connection.addIceCandidate(candidate);
    this.#early = [];
  }

  async #describe(): Promise<void> {
    await this.#connection.setLocalDescription();
    const { localDescription } = this.#connection;
    if (localDescription) this.send({ description: localDescription.toJSON() });
  }

  #open(channel: RTCDataChannel): void {
    if (channel.readyState === 'open') this.opened(channel);
    else channel.onopen = () => this.opened(channel);
  }
}
