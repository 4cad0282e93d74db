// Money without floats. The unit is the nano: 10^-9 of a currency's major unit, as BigInt. Text that does not say an exact
// number of nano is refused, never rounded.

export const NANO_PER_UNIT = 1_000_000_000n;
/** Units of use that a unit price is stored for. */
export const USE_PER_PRICE = 1_000_000n;
/** What a BIGINT holds. */
export const NANO_MAX = 9_223_372_036_854_775_807n;

/** A price in nano for a million units has this many decimals more than one in major units for one. */
const PRICE_DECIMALS = 15;

const DECIMAL = /^(-?)(\d{1,10})(?:\.(\d{1,18}))?$/;

/** The nano in a decimal text of major units such as "12.50"; null for anything that is no exact number of nano. */
export function nanoOfDecimal(text: string): bigint | null {
  return scaled(text, NANO_PER_UNIT, 1n);
}

/**
 * Nano per 1,000,000 units of use, from a price in major units for `per` units: "0.03" per 1,000 is 30,000,000,000. Null
 * for a negative price and for one that is no exact number of nano.
 */
export function nanoPerMillion(price: string, per: number): bigint | null {
  if (!Number.isSafeInteger(per) || per <= 0) return null;
  const nano = scaled(price, NANO_PER_UNIT * USE_PER_PRICE, BigInt(per));
  return nano === null || nano < 0n || price.startsWith("-") ? null : nano;
}

/** Nano as an exact decimal text of major units with at least two decimals: 45000n is "0.000045". */
export function decimalOfNano(nano: bigint): string {
  const size = nano < 0n ? -nano : nano;
  const fraction = (size % NANO_PER_UNIT)
    .toString()
    .padStart(9, "0")
    .replace(/0{1,7}$/, "");
  return `${nano < 0n ? "-" : ""}${size / NANO_PER_UNIT}.${fraction}`;
}

/** The price in major units for `per` units, exactly as decimal text, of nano per 1,000,000 units. */
export function decimalOfPrice(priceNanoPerMillion: bigint, per: number): string {
  const digits = (priceNanoPerMillion * BigInt(per)).toString().padStart(PRICE_DECIMALS + 1, "0");
  const fraction = digits.slice(-PRICE_DECIMALS).replace(/0{1,13}$/, "");
  return `${digits.slice(0, -PRICE_DECIMALS)}.${fraction}`;
}

// Currencies whose smallest unit is the whole one, and those with three decimals; the others have two.
const WHOLE = new Set([
  "BIF",
  "CLP",
  "DJF",
  "GNF",
  "JPY",
  "KMF",
  "KRW",
  "MGA",
  "PYG",
  "RWF",
  "VND",
  "VUV",
  "XAF",
  "XOF",
  "XPF",
]);
const THOUSANDTHS = new Set(["BHD", "JOD", "KWD", "OMR", "TND"]);

/** Nano of an amount in the currency's smallest unit, as payment providers write it: 1250 of USD is 12,500,000,000. */
export function nanoOfMinor(amount: number, currency: string): bigint {
  const code = currency.toUpperCase();
  const decimals = WHOLE.has(code) ? 0n : THOUSANDTHS.has(code) ? 3n : 2n;
  return (BigInt(amount) * NANO_PER_UNIT) / 10n ** decimals;
}

/** The inverse: an amount in the smallest unit; null for what is no whole number of it. */
export function minorOfNano(nano: bigint, currency: string): number | null {
  const unit = nanoOfMinor(1, currency);
  return nano % unit === 0n ? Number(nano / unit) : null;
}

function scaled(text: string, factor: bigint, divisor: bigint): bigint | null {
  const [, sign = "", whole = "", fraction = ""] = DECIMAL.exec(text) ?? [];
  if (whole === "") return null;
  const scale = 10n ** BigInt(fraction.length) * divisor;
  const product = BigInt(whole + fraction) * factor;
  if (product % scale !== 0n || product / scale > NANO_MAX) return null;
  return sign === "-" ? -(product / scale) : product / scale;
}
