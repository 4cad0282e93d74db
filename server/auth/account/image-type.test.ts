import { expect, test } from "vitest";
import { imageTypeOf } from "./image-type";

function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  bytes.write("IHDR", 12, "latin1");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function jpeg(width: number, height: number): Buffer {
  const comment = Buffer.from([0xff, 0xfe, 0x00, 0x06, 1, 2, 3, 4]);
  const frame = Buffer.from([
    0xff,
    0xc2,
    0x00,
    0x11,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    3,
    0,
    0,
  ]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), comment, frame]);
}

function webp(kind: "VP8X" | "VP8 " | "VP8L", width: number, height: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write("RIFF", 0, "latin1");
  bytes.write("WEBP", 8, "latin1");
  bytes.write(kind, 12, "latin1");
  if (kind === "VP8X") {
    bytes.writeUIntLE(width - 1, 24, 3);
    bytes.writeUIntLE(height - 1, 27, 3);
  } else if (kind === "VP8 ") {
    bytes.writeUInt16LE(width, 26);
    bytes.writeUInt16LE(height, 28);
  } else {
    bytes.writeUInt32LE((width - 1) | ((height - 1) << 14), 21);
  }
  return bytes;
}

test("PNG, JPEG and the three kinds of WebP are known by their bytes", () => {
  expect(imageTypeOf(png(64, 48))?.mediaType).toBe("image/png");
  expect(imageTypeOf(jpeg(64, 48))?.mediaType).toBe("image/jpeg");
  for (const kind of ["VP8X", "VP8 ", "VP8L"] as const) {
    expect(imageTypeOf(webp(kind, 64, 48))?.mediaType, kind).toBe("image/webp");
  }
});

test("what runs, what is cut short, and what is nothing is no picture", () => {
  const others = [
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "GIF89a......",
    "<html><script>",
    "",
    "\x89PNG\r\n\x1a\n",
  ];
  for (const text of others) expect(imageTypeOf(Buffer.from(text, "latin1")), text).toBeNull();
  for (const whole of [png(64, 48), jpeg(64, 48), webp("VP8L", 64, 48)]) {
    for (let length = 0; length < 12; length += 1) expect(imageTypeOf(whole.subarray(0, length))).toBeNull();
  }
});

test("absurd sides are refused before anybody has to show them", () => {
  for (const picture of [png(0, 9), png(60_000, 60_000), jpeg(5_000, 10), webp("VP8X", 100_000, 5)]) {
    expect(imageTypeOf(picture)).toBeNull();
  }
});

test("a segment without a length does not keep the walk from its end", () => {
  const endless = Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...Array(5_000).fill(Buffer.from([0xff, 0xe0, 0, 0])),
  ]);
  expect(imageTypeOf(endless)).toBeNull();
});
