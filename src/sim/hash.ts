/** A running hash of 64 bits, for digests: not against forgers, only to tell that two runs were the same. */
export class Hash {
  #a = 0x9e3779b9;
  #b = 0x85ebca6b;

  number(value: number): void {
    // Times have fractions: both halves of what a double holds count.
    const whole = Math.floor(value);
    this.#mix(whole | 0);
    this.#mix(((value - whole) * 2 ** 32) | 0);
  }

  text(value: string): void {
    for (let i = 0; i < value.length; i++) this.#mix(value.charCodeAt(i));
    this.#mix(value.length);
  }

  int32(): number {
    return (this.#a ^ Math.imul(this.#b, 0xc2b2ae35)) | 0;
  }

  digest(): string {
    const part = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
    return part(this.#a) + part(this.#b);
  }

  #mix(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x9e3779b1);
    this.#a ^= this.#a >>> 15;
    this.#b = Math.imul(this.#b ^ value, 0x5f356495) + this.#a;
    this.#b ^= this.#b >>> 13;
  }
}
