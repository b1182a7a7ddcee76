/**
 * Times of a library that has no events for them: its socket to signaling, and its data channels, as the browser opens
 * them. To be imported before the library, which may keep the browser's classes when it is loaded.
 */
import { Progress, readAddress } from './joined.ts';

export const address = readAddress();

const progress = new Progress(address.others);
let channels = 0;

function watch(channel: RTCDataChannel): void {
  channel.addEventListener('open', () => {
    channels += 1;
    progress.linked(`channel ${channels}`);
  });
}

window.WebSocket = class extends WebSocket {
  constructor(...args: ConstructorParameters<typeof WebSocket>) {
    super(...args);
    this.addEventListener('open', () => progress.listed());
  }
};

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    this.addEventListener('datachannel', ({ channel }) => watch(channel));
  }

  override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, options);
    watch(channel);
    return channel;
  }
};
