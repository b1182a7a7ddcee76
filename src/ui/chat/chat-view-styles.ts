import { css } from 'lit';

export const chatViewStyles = css`
  :host {
    display: block;
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
  .side .panel {
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
    height: calc(100dvh - 7.5rem);
    min-height: 20rem;
  }
  .choose {
    display: grid;
    place-items: center;
    height: 100%;
    text-align: center;
  }
  /* A phone shows the list or the conversation. */
  @media (max-width: 47.99rem) {
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
