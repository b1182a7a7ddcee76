/** Plain HTTP answers on a raw connection. */
import type { Duplex } from 'node:stream';

/** Says `status` and ends the connection. The other side may be gone already. */
export function answerAndClose(stream: Duplex, status: string): void {
  stream.on('error', () => undefined);
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  stream.once('finish', () => stream.destroy());
}
