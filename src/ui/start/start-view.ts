import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import './found-park.ts';
import { picture, pictureStyles } from './pictures.ts';
import { SYSTEMS, type Opening, type System } from './systems.ts';

/** Where a first-time reader begins: the five systems, each a click away. */
@customElement('gh-start')
export class StartView extends LitElement {
  static override styles = [
    shared,
    pictureStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
        width: 100%;
        max-width: 76rem;
        margin: 0 auto;
        padding: 1.25rem var(--gap) 2rem;
      }
      h1 {
        margin: 0;
        font-size: 1.75rem;
        line-height: 1.2;
      }
      .lead {
        max-width: 44rem;
      }
      .lead p {
        margin-top: 0.35rem;
      }
      .systems {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr));
        gap: 1rem;
      }
      .systems > li {
        display: grid;
        grid-template-rows: auto auto auto 1fr;
        gap: 0.6rem;
        padding: 1rem;
      }
      h2 {
        font-size: 1.125rem;
      }
      .openings {
        display: grid;
        align-content: start;
        justify-items: start;
        gap: 0.25rem;
      }
      .openings a {
        display: inline-flex;
        align-items: center;
        min-height: 2.25rem;
      }
      a.first {
        padding: 0.25rem 1rem;
        border-radius: var(--radius);
        background: var(--accent);
        color: var(--on-accent);
        font-weight: 650;
        text-decoration: none;
      }
      @media (hover: hover) {
        a.first:hover {
          background: var(--accent-hover);
        }
      }
      @media (pointer: coarse) {
        .openings a {
          min-height: 2.75rem;
        }
      }
      /* The picture beside the words: all five fit on three screens of a phone. */
      @media (max-width: 40rem) {
        .systems > li {
          grid-template-columns: 6.5rem minmax(0, 1fr);
          grid-template-rows: auto;
          column-gap: 0.9rem;
          align-items: center;
        }
        .systems .what,
        .systems .openings {
          grid-column: 1 / -1;
        }
      }
      footer p + p {
        margin-top: 0.35rem;
      }
    `,
  ];

  @property({ attribute: false }) status!: Status;

  protected override render(): TemplateResult {
    const { name, park } = this.status;
    return html`
      <header class="lead">
        <h1>Gatehouse</h1>
        <p>
          Five systems that run in browser tabs. Every tab is a node; tabs link up with each other
          and then need no server.
        </p>
        <p>
          <b>Open one, and then the same in a second and a third tab:</b> each view has a link for
          that.
        </p>
      </header>
      <ul class="systems" aria-label="The five systems">
        ${SYSTEMS.map(card)}
      </ul>
      <section class="panel" aria-labelledby="own">
        <header><h2 id="own">A park of your own</h2></header>
        <gh-found-park></gh-found-park>
        <p class="small soft">
          Its first tab founds it, and what that one asks for counts for all who join. In all
          topologies but the mesh there is room for many tabs.
        </p>
      </section>
      <footer class="small soft">
        <p>This tab is ${name} of park ${park}. <a href="#/park">Go to its door</a></p>
      </footer>
    `;
  }
}

function card({ title, picture: name, what, openings }: System): TemplateResult {
  return html`<li class="panel">
    ${picture(name)}
    <h2>${title}</h2>
    <p class="what">${what}</p>
    <ul class="openings">
      ${openings.map((opening, at) => html`<li>${link(opening, at === 0)}</li>`)}
    </ul>
  </li>`;
}

function link({ label, address, elsewhere }: Opening, first: boolean): TemplateResult {
  return html`<a
    class=${first ? 'first' : 'small'}
    href=${address}
    target=${elsewhere ? '_blank' : nothing}
    rel=${elsewhere ? 'noopener' : nothing}
    >${label}</a
  >`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-start': StartView;
  }
}
