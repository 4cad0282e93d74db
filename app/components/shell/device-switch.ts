// The one switch that turns all keyboard shortcuts off (WCAG 2.1.4).

const STORAGE_KEY = "parley:shortcuts";

/** Whether keys may act; they may until this person says no. */
export function areShortcutsOn(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== "off";
  } catch {
    return true;
  }
}

/** Remembers the choice on this device. */
export function switchShortcuts(isOn: boolean): void {
  try {
    localStorage.setItem(STORAGE_KEY, isOn ? "on" : "off");
  } catch {
    // Without storage the shortcuts stay on.
  }
}
