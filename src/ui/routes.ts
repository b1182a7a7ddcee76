import { html, type TemplateResult } from 'lit';
import type { Status } from '../runtime/gatehouse.ts';
import type { Session } from './session.ts';

/** A view of the page, and the address that shows it. */
export interface Route {
  readonly hash: string;
  readonly title: string;
  /** Fetches the code of a view that is not part of the first load. */
  load?(): Promise<unknown>;
  render(session: Session, status: Status): TemplateResult;
}

const PARK: Route = {
  hash: '#/park',
  title: 'Park',
  render: (session, status) => html`<gh-park .session=${session} .status=${status}></gh-park>`,
};

/** In the order of the navigation. The first is shown when an address names none of them. */
export const ROUTES: readonly Route[] = [
  PARK,
  {
    hash: '#/lab',
    title: 'Lab',
    load: () => import('./lab/lab-view.ts'),
    render: (session, status) => html`<gh-lab .session=${session} .status=${status}></gh-lab>`,
  },
];

export function routeOf(hash: string): Route {
  return ROUTES.find((route) => route.hash === hash) ?? PARK;
}
