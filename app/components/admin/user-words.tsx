import { Badge, type BadgeTone } from "~/components/ui/badge";

const ROLE_LABELS: Record<string, string> = {
  admin: "Platform admin",
  billing_admin: "Billing admin",
  support: "Support",
  user: "User",
};

const STATUS_TONES: Record<string, BadgeTone> = {
  active: "success",
  pending: "warning",
  locked: "danger",
  disabled: "danger",
};

const STATUS_LABELS: Record<string, string> = {
  active: "Active",
  pending: "Pending",
  locked: "Locked",
  disabled: "Disabled",
};

export function roleLabel(role: string): string {
  return ROLE_LABELS[role] ?? role;
}

export function statusLabel(status: string): string {
  return STATUS_LABELS[status] ?? status;
}

export function StatusBadge({ status }: { status: string }) {
  return <Badge tone={STATUS_TONES[status] ?? "secondary"}>{statusLabel(status)}</Badge>;
}
