// What kind of picture some bytes are, by their own signature and size. Only what every browser shows and none runs; a
// picture whose sides are absurd is no picture, since showing it takes memory by its area.

export interface ImageType {
  mediaType: "image/png" | "image/jpeg" | "image/webp";
  extension: "png" | "jpg" | "webp";
}

const SIDE_PIXELS_MAX = 4_096;
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The kind of a picture, or null when the bytes are none of ours. */
export function imageTypeOf(bytes: Buffer): ImageType | null {
  const known = KINDS.find(({ sizeOf }) => isSound(sizeOf(bytes)));
  return known ? { mediaType: known.mediaType, extension: known.extension } : null;
}

interface Size {
  width: number;
  height: number;
}

function isSound(size: Size | null): boolean {
  return size !== null && [size.width, size.height].every((side) => side >= 1 && side <= SIDE_PIXELS_MAX);
}

const KINDS: (ImageType & { sizeOf: (bytes: Buffer) => Size | null })[] = [
  { mediaType: "image/png", extension: "png", sizeOf: pngSize },
  { mediaType: "image/jpeg", extension: "jpg", sizeOf: jpegSize },
  { mediaType: "image/webp", extension: "webp", sizeOf: webpSize },
];

function pngSize(bytes: Buffer): Size | null {
  const isPng = bytes.length > 33 && bytes.subarray(0, 8).equals(PNG_SIGNATURE);
  if (!isPng || bytes.toString("latin1", 12, 16) !== "IHDR") return null;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

// Walks the segments to the frame header, which holds the size (ITU T.81, B.2.2).
function jpegSize(bytes: Buffer): Size | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

function webpSize(bytes: Buffer): Size | null {
  const isWebp = bytes.length >= 30 && bytes.toString("latin1", 0, 4) === "RIFF";
  if (!isWebp || bytes.toString("latin1", 8, 12) !== "WEBP") return null;
  const kind = bytes.toString("latin1", 12, 16);
  if (kind === "VP8X") return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
  if (kind === "VP8 ")
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  if (kind !== "VP8L") return null;
  const bits = bytes.readUInt32LE(21);
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
}
