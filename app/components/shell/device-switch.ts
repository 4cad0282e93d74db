// What a person switches off on this device. Everything is on until then, and where nothing can be stored.

/**
 * `shortcuts`: all keys at once (WCAG 2.1.4). `following`: the end of an answer stays in view while it is written.
 */
export type DeviceSwitch = "shortcuts" | "following";

const PREFIX = "parley:";

export function isSwitchedOn(name: DeviceSwitch): boolean {
  try {
    return localStorage.getItem(PREFIX + name) !== "off";
  } catch {
    return true;
  }
}

/** Remembers the choice. */
export function turnSwitch(name: DeviceSwitch, isOn: boolean): void {
  try {
    localStorage.setItem(PREFIX + name, isOn ? "on" : "off");
  } catch {
    // Without storage it stays on.
  }
}
