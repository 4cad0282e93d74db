// Reads IP2Location's BIN files (country, region and city of editions DB1 to DB26), whole in memory. Rows are sorted by
// their first address; columns hold positions of length-prefixed texts. The published Node package finds nothing in
// files without its optional index, hence this reader.

import ipaddr from "ipaddr.js";

export interface Ip2locationPlace {
  country?: string;
  region?: string;
  city?: string;
}

interface Table {
  /** Position of the first row. */
  at: number;
  rowCount: number;
  rowBytes: number;
  addressBytes: 4 | 16;
}

const HEADER_BYTES = 64;
const PRODUCT_IP2LOCATION = 1;
/** The edition from which on rows have region and city, in the columns after the country. */
const EDITION_WITH_CITY = 3;
/** The country's short name, its length byte included, stands before the long one. */
const COUNTRY_NAME_OFFSET = 3;

/** Opens a file's bytes. Throws when they are no such database. */
export function readIp2location(file: Buffer): (ip: string) => Ip2locationPlace | null {
  const [edition = 0, columns = 0] = file;
  if (file.length < HEADER_BYTES || file[29] !== PRODUCT_IP2LOCATION || columns < 2) {
    throw new Error("not an IP2Location database");
  }
  const hasCity = edition >= EDITION_WITH_CITY && columns >= 4;
  // Positions of tables in the header count from one.
  const v4: Table = {
    rowCount: file.readUInt32LE(5),
    at: file.readUInt32LE(9) - 1,
    rowBytes: columns * 4,
    addressBytes: 4,
  };
  const v6: Table = {
    rowCount: file.readUInt32LE(13),
    at: file.readUInt32LE(17) - 1,
    rowBytes: 16 + (columns - 1) * 4,
    addressBytes: 16,
  };
  return (ip) => {
    const address = ipaddr.process(ip);
    const table = address.kind() === "ipv4" ? v4 : v6;
    const rowAt = findRow(file, table, Buffer.from(address.toByteArray()).reverse());
    if (rowAt === null) return null;
    const textAt = (column: number) => file.readUInt32LE(rowAt + table.addressBytes + column * 4);
    return {
      country: textOf(file, textAt(0) + COUNTRY_NAME_OFFSET),
      ...(hasCity && { region: textOf(file, textAt(1)), city: textOf(file, textAt(2)) }),
    };
  };
}

/** Position of the last row that begins at or before the address, which is given little-endian as rows have it. */
function findRow(file: Buffer, table: Table, address: Buffer): number | null {
  let low = 0;
  let high = table.rowCount - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = table.at + middle * table.rowBytes;
    if (compare(file.subarray(at, at + table.addressBytes), address) <= 0) low = middle + 1;
    else high = middle - 1;
  }
  return high < 0 ? null : table.at + high * table.rowBytes;
}

function compare(left: Buffer, right: Buffer): number {
  for (let index = right.length - 1; index >= 0; index -= 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function textOf(file: Buffer, at: number): string {
  const length = file.readUInt8(at);
  return file.toString("utf8", at + 1, at + 1 + length);
}
