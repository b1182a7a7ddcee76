import { LitElement, html } from 'lit';
import { cdp } from 'vitest/browser';
import { afterEach, expect, it, vi } from 'vitest';
import { shared } from './styles.ts';

class Buttons extends LitElement {
  static override styles = shared;
  protected override render() {
    return html`<button aria-pressed="false">A</button><button aria-pressed="true">B</button>`;
  }
}
customElements.define('test-buttons', Buttons);

/** As the provider of the browser has it. */
interface Session {
  send(method: string, parameters: object): Promise<unknown>;
}

async function forceColors(value: 'active' | 'none'): Promise<void> {
  const session = cdp() as unknown as Session;
  const features = [{ name: 'forced-colors', value }];
  await session.send('Emulation.setEmulatedMedia', { features });
  await vi.waitFor(() => {
    expect(matchMedia('(forced-colors: active)').matches).toBe(value === 'active');
  });
}

afterEach(async () => {
  document.body.replaceChildren();
  await forceColors('none');
});

it('tells a pressed button from the others in forced colours', async () => {
  await forceColors('active');
  const host = document.body.appendChild(new Buttons());
  await host.updateComplete;
  const [up, down] = [...host.renderRoot.querySelectorAll('button')].map(
    (button) => getComputedStyle(button).backgroundColor,
  );
  expect(down).not.toBe(up);
});
