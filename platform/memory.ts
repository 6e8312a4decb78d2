/** A memory quantity in Mi or Gi, as settings give it, in MiB. */
export function mebibytes(quantity: string): number {
  const amount = Number.parseInt(quantity, 10);
  return quantity.endsWith("Gi") ? amount * 1024 : amount;
}
