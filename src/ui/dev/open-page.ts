import '../app-shell.ts';
import type { Gatehouse } from '../../runtime/gatehouse.ts';

/** Puts the page of this gate on the document, at that view. Returns the gate. */
export function openPage<G extends Gatehouse>(gatehouse: G, hash = location.hash): G {
  location.hash = hash;
  const app = document.createElement('gatehouse-app');
  app.gatehouse = gatehouse;
  document.body.append(app);
  return gatehouse;
}
