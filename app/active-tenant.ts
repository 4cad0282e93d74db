// The workspace a person was in last, so that `/` leads back there. A convenience only: membership decides.

const ONE_YEAR_SECONDS = 31_536_000;

/** The slug that a Cookie header remembers; whoever uses it looks it up among the person's own workspaces. */
export function rememberedTenant(cookieHeader: string | null): string | null {
  return cookieHeader?.match(/(?:^|;\s*)parley-tenant=([a-z0-9-]+)/)?.[1] ?? null;
}

export function tenantCookie(slug: string): string {
  return `parley-tenant=${slug}; Path=/; Max-Age=${ONE_YEAR_SECONDS}; SameSite=Lax; HttpOnly`;
}
