import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { MarketAsked } from '../../runtime/gatehouse.ts';

export type Product = NonNullable<MarketAsked['product']>;

/** Drawn in a box of 24 by 24, in the colour of the text. */
const PICTURES: Readonly<Record<Product, SVGTemplateResult>> = {
  salt: svg`
    <path d="M8.500 2.500h7L14 6.500c4 2.500 6.500 6.300 6.500 10.200 0 3.300-2.700 4.800-8.500 4.800s-8.500-1.500-8.500-4.800C3.500 12.800 6 9 10 6.500z" />
    <path class="cut" d="M9 7h6" />
    <path class="cut" d="M9 13h.01M12.500 11.500h.01M15 14h.01M11 16.500h.01M14.500 17.500h.01M8 17h.01" />`,
  boar: svg`
    <path d="M2.500 12.500c0-3.300 3-5.500 6.500-5.500l1-2 1.300 1.800 1.400-1.800 1.300 2.200c2.500.3 4 1.500 5 3l3.500 2v3l-3.500.6c-.8 1-1.600 1.500-2.500 1.700v3H14V17.500H9v3H6.500v-3.300C4 16.500 2.500 15 2.500 12.500z" />
    <path class="cut" d="M16.500 11.500h.01" /><path class="cut" d="m18.500 15.500 1.500-2.200" />`,
  fish: svg`
    <path d="M2 12c2.500-4.300 6-6 9.500-6 3 0 5.300 1.600 7 4L22 7v10l-3.500-3c-1.700 2.400-4 4-7 4-3.500 0-7-1.700-9.500-6z" />
    <path class="cut" d="M6.500 11h.01" /><path class="cut" d="M10.500 8.500c1.300 2.300 1.300 4.700 0 7" />`,
};

export const PRODUCTS: readonly Product[] = ['salt', 'boar', 'fish'];

export function isProduct(name: string): name is Product {
  return PRODUCTS.some((product) => product === name);
}

/** A piece of a product. The word stands beside it, so it is hidden from screen readers. */
export function piece(product: Product, size = 20): TemplateResult {
  return html`<svg
    class="piece"
    viewBox="0 0 24 24"
    width=${size}
    height=${size}
    fill="currentColor"
    aria-hidden="true"
  >
    <g style="--cut: var(--piece-ground, var(--panel))">${PICTURES[product]}</g>
  </svg>`;
}
