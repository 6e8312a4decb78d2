/** CPU and memory that a container asks of the scheduler. */
export type Requests = { cpu: string; memory: string };

const units: Record<string, number> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number that a quantity stands for: cores, or bytes. */
export function parseQuantity(quantity: string): number {
  return Number.parseFloat(quantity) * (units[quantity.replace(/^[0-9.]+/, "")] ?? Number.NaN);
}

const mebibyte = 2 ** 20;

/** The number of mebibytes that a quantity of memory stands for. */
export const parseMebibytes = (quantity: string) => parseQuantity(quantity) / mebibyte;

/** Cores as the API server writes them back, rounded up to a thousandth. */
export function formatCores(value: number): string {
  const thousandths = Math.ceil(Number((value * 1000).toFixed(3)));
  return thousandths % 1000 === 0 ? `${thousandths / 1000}` : `${thousandths}m`;
}

/** Bytes as the API server writes them back, rounded up to a mebibyte. */
export function formatMemory(bytes: number): string {
  const whole = Math.ceil(bytes / mebibyte);
  return whole % 1024 === 0 ? `${whole / 1024}Gi` : `${whole}Mi`;
}
