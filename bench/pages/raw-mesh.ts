/** Floor: data channels between all pages of a room, by the browser's own means. */
import { readAddress } from './lib/joined.ts';
import { joinRawMesh } from './lib/raw-mesh.ts';

joinRawMesh(readAddress());
