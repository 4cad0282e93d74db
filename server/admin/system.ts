// The operators' page of the system: its health and its proof of isolation.

import { type SystemHealth, systemHealth } from "../platform/health";
import { programVersion } from "../platform/version";
import { type Certificate, guardedTables, readCertificate } from "./isolation";

export interface SystemReport {
  version: string;
  health: SystemHealth;
  isolation: {
    certificate: Certificate | null;
    /** What the live database says; null when it does not answer. */
    live: { forced: number; open: string[] } | null;
  };
}

/** How everything is at this moment. */
export async function systemReport(): Promise<SystemReport> {
  const [health, certificate, tables] = await Promise.all([
    systemHealth(),
    readCertificate(),
    guardedTables().catch(() => null),
  ]);
  const live = tables && { forced: tables.forced.length, open: tables.open };
  return { version: programVersion(), health, isolation: { certificate, live } };
}
