// The smallest databases of places that real readers accept, written byte by byte from the formats' descriptions
// (MaxMind DB format 2.0; IP2Location BIN, DB3).

interface Place {
  city: string;
  region: string;
  country: string;
}

const METADATA_MARK = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from("MaxMind.com")]);

/** A MaxMind database of one IPv4 network whose prefix length is a number of bits. */
export function mmdbDatabase(network: string, place: Place): Buffer {
  const [address = "", length = "0"] = network.split("/");
  const bits = address
    .split(".")
    .map((octet) => Number(octet).toString(2).padStart(8, "0"))
    .join("")
    .slice(0, Number(length));
  const nodeCount = bits.length;
  // A record that equals the number of nodes leads nowhere; beyond that and 16 zero bytes begins the data.
  const tree = [...bits].map((bit, node) => {
    const onward = node === nodeCount - 1 ? nodeCount + 16 : node + 1;
    return Buffer.concat([
      record(bit === "0" ? onward : nodeCount),
      record(bit === "1" ? onward : nodeCount),
    ]);
  });
  const named = (name: string) => ({ names: { en: name } });
  const data = encode({
    city: named(place.city),
    country: named(place.country),
    subdivisions: [named(place.region)],
  });
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    database_type: "GeoLite2-City",
    description: { en: "places" },
    ip_version: 4,
    languages: ["en"],
    node_count: nodeCount,
    record_size: 24,
  });
  return Buffer.concat([...tree, Buffer.alloc(16), data, METADATA_MARK, metadata]);
}

function record(value: number): Buffer {
  return Buffer.from([(value >> 16) & 255, (value >> 8) & 255, value & 255]);
}

type Value = string | number | Value[] | { [key: string]: Value };

const TYPE = { text: 2, uint32: 6, map: 7, array: 11 };

function encode(value: Value): Buffer {
  if (typeof value === "string")
    return Buffer.concat([control(TYPE.text, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === "number") {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(TYPE.uint32, 4), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(TYPE.array, value.length), ...value.map(encode)]);
  const entries = Object.entries(value);
  const pairs = entries.flatMap(([key, field]) => [encode(key), encode(field)]);
  return Buffer.concat([control(TYPE.map, entries.length), ...pairs]);
}

// Types beyond 7 stand in a byte of their own; sizes here stay below 29.
function control(type: number, size: number): Buffer {
  return type > 7 ? Buffer.from([size, type - 7]) : Buffer.from([(type << 5) | size]);
}

const HEADER_BYTES = 64;
const ROW_BYTES = 16;

/** An IP2Location DB3 database (country, region, city) of one range of IPv4 addresses. */
export function ip2locationDatabase(first: string, last: string, place: Place): Buffer {
  const texts: Buffer[] = [];
  const rowsAt = HEADER_BYTES + 1;
  let textsAt = HEADER_BYTES + 4 * ROW_BYTES;
  const put = (...words: string[]) => {
    const at = textsAt;
    for (const text of words) {
      const bytes = Buffer.from(text);
      texts.push(Buffer.from([bytes.length]), bytes);
      textsAt += bytes.length + 1;
    }
    return at;
  };
  // The country's short name has a field of two letters; the long name follows it.
  const nowhere = [put("--", "-"), put("-"), put("-")];
  const somewhere = [put("XX", place.country), put(place.region), put(place.city)];
  const rows = [
    [0, ...nowhere],
    [addressNumber(first), ...somewhere],
    [addressNumber(last) + 1, ...nowhere],
    [0xffffffff, ...nowhere],
  ];
  const header = Buffer.alloc(HEADER_BYTES);
  header.set([3, 4, 25, 1, 1]);
  header.writeUInt32LE(rows.length - 1, 5);
  header.writeUInt32LE(rowsAt, 9);
  header.set([1], 29);
  header.writeUInt32LE(textsAt, 31);
  const body = rows.flat().map((value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  });
  return Buffer.concat([header, ...body, ...texts, Buffer.alloc(512)]);
}

function addressNumber(ip: string): number {
  return ip.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}
