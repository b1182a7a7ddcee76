import { css } from 'lit';

export const chatViewStyles = css`
  :host {
    flex: 1;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    padding: var(--gap);
  }
  .layout {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap);
  }
  .welcome {
    display: grid;
    gap: 0.75rem;
  }
  .welcome header {
    margin: 0;
  }
  .side {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: inherit;
  }
  .side .panel:not(.welcome) {
    display: grid;
    gap: 0.25rem;
  }
  .side gh-places {
    margin-bottom: 0.5rem;
  }
  .side details {
    border-top: 1px solid var(--line);
  }
  .first {
    width: 100%;
    margin-bottom: 0.5rem;
  }
  .middle {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    height: calc(100dvh - 7.5rem);
    min-height: 20rem;
  }
  .choose {
    display: grid;
    place-items: center;
    text-align: center;
  }
  /* A phone shows the list or the conversation, and that fills the screen below the header, whatever was said in it. */
  @media (max-width: 47.99rem) {
    :host {
      align-content: stretch;
    }
    .layout.talking {
      grid-template-rows: minmax(0, 1fr);
    }
    .talking .middle {
      contain: size;
      height: auto;
    }
    .talking .side,
    .talking .ring,
    .layout:not(.talking) .middle {
      display: none;
    }
  }
  @media (min-width: 48rem) {
    .layout {
      grid-template-columns: 16rem minmax(0, 1fr);
      gap: 1rem;
      align-items: start;
    }
    .nameless {
      grid-template-columns: minmax(0, 1fr) minmax(0, 22rem);
    }
    .middle {
      max-height: 52rem;
    }
    .layout:not(.nameless) .ring {
      grid-column: 1 / -1;
    }
  }
  @media (min-width: 75rem) {
    :host {
      padding: 1rem 1.25rem;
    }
    .layout:not(.nameless) {
      grid-template-columns: 17rem minmax(0, 1fr) 22rem;
    }
    .layout:not(.nameless) .ring {
      grid-column: auto;
    }
  }
`;
