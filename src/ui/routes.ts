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
  /** It is of all parks, and shows nothing of this one around it. */
  readonly front?: true;
  /** What the view shows besides the status and what it follows itself. Absent: it is drawn whatever happens. */
  readonly news?: (session: Session) => unknown;
  /** The address names a view that this version lacks. */
  readonly missing?: true;
}

/** Where one chooses among the systems. */
export const START: Route = {
  hash: '#/start',
  title: 'Start',
  front: true,
  load: () => import('./start/start-view.ts'),
  news: () => null,
  render: (_session, status) => html`<gh-start .status=${status}></gh-start>`,
};

const PARK: Route = {
  hash: '#/park',
  title: 'Park',
  news: ({ gatehouse }) => [gatehouse.archives(), gatehouse.visitorTabs()],
  render: (session, status) => html`<gh-park .session=${session} .status=${status}></gh-park>`,
};

/** The views of a park, in the order of the navigation. */
export const ROUTES: readonly Route[] = [
  PARK,
  {
    hash: '#/chat',
    title: 'Chat',
    load: () => import('./chat/chat-view.ts'),
    render: (session, status) => html`<gh-chat .session=${session} .status=${status}></gh-chat>`,
  },
  {
    hash: '#/multicast',
    title: 'Multicast',
    load: () => import('./multicast/multicast-view.ts'),
    render: (session, status) =>
      html`<gh-multicast .session=${session} .status=${status}></gh-multicast>`,
  },
  {
    hash: '#/market',
    title: 'Market',
    load: () => import('./market/market-view.ts'),
    render: (session, status) =>
      html`<gh-market .session=${session} .status=${status}></gh-market>`,
  },
  {
    hash: '#/lab',
    title: 'Lab',
    load: () => import('./lab/lab-view.ts'),
    render: (session, status) => html`<gh-lab .session=${session} .status=${status}></gh-lab>`,
  },
];

/**
 * An address that asks for nothing at all gets the choice of systems; one that asks for a gate, its door. A view that this
 * version lacks is not the park under another name.
 */
export function routeOf({ search, hash }: Pick<Location, 'search' | 'hash'>): Route {
  if (hash === '' || hash === '#' || hash === '#/') return search === '' ? START : PARK;
  return [START, ...ROUTES].find((route) => route.hash === hash) ?? missing(hash);
}

function missing(hash: string): Route {
  const hereIs = ROUTES.map(
    (route, at) =>
      html`${at === 0 ? '' : ' or '}<a href=${route.hash}>the ${route.title.toLowerCase()}</a>`,
  );
  return {
    hash,
    title: 'No such view',
    missing: true,
    render: () =>
      html`<section class="loading">
        <h2>This version has no view ${hash.slice(0, 40)}</h2>
        <p>The gate itself is running. Go to ${hereIs}.</p>
      </section>`,
  };
}
