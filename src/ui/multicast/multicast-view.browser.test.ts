import { page } from 'vitest/browser';
import { afterEach, expect, test, vi } from 'vitest';
import '../page.css';
import { GatehouseError } from '../../runtime/gatehouse.ts';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { openPage } from '../dev/open-page.ts';
import { PeersController } from './peers-controller.ts';

const button = (name: string) => page.getByRole('button', { name, exact: true });

function open(): FakeGatehouse {
  return openPage(new FakeGatehouse(), '#/multicast');
}

afterEach(() => {
  document.body.replaceChildren();
  location.hash = '#/park';
});

test('what is sent by hand stands at every gate in one order; what is held back is told', async () => {
  const { multicast } = open();
  await page.getByLabelText('A message to all gates').fill('by hand');
  await button('Send').click();
  await button('Send 10 from here').click();
  const order = page.getByTestId('order');
  await expect.element(order).toHaveTextContent('The same order at all 3 gates');
  const row = page.getByRole('row', { name: /by hand/ });
  await expect.element(row).toHaveTextContent(/(H1\s*delivered\s*){3}/);

  await page.getByLabelText('by', { exact: true }).fill('60');
  await button('Delay the next one').click();
  await page.getByLabelText('A message to all gates').fill('late');
  await button('Send').click();
  void multicast.hear('fox1x9y8z7', 'after it');
  await expect.element(order).toHaveTextContent('2 messages held back: not their turn yet.');
  await expect.element(page.getByRole('row', { name: /after it/ })).toHaveTextContent(/held back/);
  await expect.element(page.getByTestId('sending')).toHaveTextContent('1 message from here');
});

test('a text that is too long is refused with its length, and stays to be shortened', async () => {
  const { multicast } = open();
  const field = page.getByLabelText('A message to all gates');
  await field.fill('x'.repeat(1001));
  await button('Send').click();
  await expect
    .element(page.getByTestId('sending'))
    .toHaveTextContent('Not sent: 1001 characters, and a message has at most 1000.');
  await expect.element(field).toHaveValue('x'.repeat(1001));
  expect(multicast.delivered()).toEqual([]);
});

test('text from others is never markup', async () => {
  const { multicast } = open();
  await multicast.hear('fox1x9y8z7', '<img src=x onerror=alert(1)>');
  await expect.element(page.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
});

test('T16: the gates are asked once a second, and only while somebody looks', async () => {
  vi.useFakeTimers();
  const fake = new FakeGatehouse();
  const { multicast } = fake;
  const updateComplete = Promise.resolve(true);
  const [addController, removeController, requestUpdate] = [vi.fn(), vi.fn(), vi.fn()];
  const controller = new PeersController({
    addController,
    removeController,
    requestUpdate,
    updateComplete,
  });
  controller.follow(fake);
  await vi.advanceTimersByTimeAsync(5000);
  expect(multicast.looks).toBe(0);
  controller.hostConnected();
  await vi.advanceTimersByTimeAsync(4500);
  expect(multicast.looks).toBe(5);
  await multicast.hear('fox1x9y8z7', 'news');
  await vi.advanceTimersByTimeAsync(250);
  expect(multicast.looks).toBe(6);
  expect(controller.peers.map(({ told }) => told?.delivered)).toEqual([1, 1, 1]);
  controller.hostDisconnected();
  await multicast.hear('fox1x9y8z7', 'more');
  await vi.advanceTimersByTimeAsync(5000);
  expect(multicast.looks).toBe(6);
  vi.useRealTimers();
});

test('the gate that has crashed says so, and can be recovered', async () => {
  const fake = open();
  await button('Crash').click();
  await expect.element(page.getByText('This gate does not run')).toBeVisible();
  expect(fake.calls).toEqual(['crash stop']);
  await expect.element(button('Send')).toBeDisabled();
  await button('Recover').click();
  await expect.element(button('Send')).toBeEnabled();
});

test('what multicasts cost here is measured, and told beside theory', async () => {
  open();
  await button('Measure 20 multicasts from here').click();
  await expect.element(page.getByTestId('cost')).toHaveTextContent('6.0, in theory 6 among 3');
});

test('a text that was not sent comes back; what is not known is told until it is', async () => {
  const { multicast } = open();
  const field = page.getByLabelText('A message to all gates');
  const told = page.getByTestId('sending');
  multicast.send = () => Promise.reject(new GatehouseError('no-quorum', true, 'no view'));
  await field.fill('by hand');
  await button('Send').click();
  await expect.element(told).toHaveTextContent('Not sent: no view.');
  await expect.element(field).toHaveValue('by hand');
  await button('Send 10 from here').click();
  await expect.element(told).toHaveTextContent('10 of 10 not sent: no view.');
  const slow = 'not delivered in time; it may be delivered yet';
  multicast.send = () => Promise.reject(new GatehouseError('timeout', false, slow));
  await button('Send').click();
  await expect.element(told).toHaveTextContent(`Not known yet: ${slow}.`);
  await expect.element(field).toHaveValue('');
  await multicast.hear('fox1x9y8z7', 'news');
  await expect.element(told).toHaveTextContent(/^$/);
});
