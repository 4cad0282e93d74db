// The person's phone: reads the QR code off the page and shows codes.

import { setTimeout as wait } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { TOTP, URI } from "otpauth";
import decodeQR from "qr/decode.js";

const STEP_MS = 30_000;

/** What an app sees in the picture on the page. */
export async function readQr(page: Page): Promise<TOTP> {
  const picture = await page.getByAltText(/QR code/).evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    const side = 600;
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.fillStyle = "white";
    context.fillRect(0, 0, side, side);
    context.drawImage(image, 0, 0, side, side);
    return { width: side, height: side, data: [...context.getImageData(0, 0, side, side).data] };
  });
  const parsed = URI.parse(decodeQR({ ...picture, data: new Uint8Array(picture.data) }));
  if (!(parsed instanceof TOTP)) throw new Error("the picture is no TOTP enrolment");
  return parsed;
}

/** Codes that were not used yet; one step ahead of the clock is accepted, further ones are waited for. */
export function codesOf(totp: TOTP): () => Promise<string> {
  let last = 0;
  return async () => {
    const step = Math.max(Math.floor(Date.now() / STEP_MS), last + 1);
    await wait(Math.max(0, (step - 1) * STEP_MS - Date.now()));
    last = step;
    return totp.generate({ timestamp: step * STEP_MS });
  };
}
