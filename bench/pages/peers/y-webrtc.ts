/** Peer: y-webrtc, whose pages all link to each other. */
import { address } from '../lib/watched.ts';
import { openYRoom } from '../lib/y-room.ts';

openYRoom(address.signaling, address.room);
