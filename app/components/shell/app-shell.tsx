import { Link, NavLink } from "@remix-run/react";
import { type LucideIcon, PanelLeft } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { classNames } from "~/components/ui/class-names";
import { IconButton } from "~/components/ui/icon-button";
import { SkipLink } from "~/components/ui/skip-link";
import { type SessionPerson, SessionProvider } from "~/session";
import { LogoMark } from "./logo";
import { useShellHandle } from "./shell-handle";
import { type SidebarState, useSidebarState } from "./sidebar-state";
import { type ShellTenant, TenantSwitch } from "./tenant-switch";
import { UserMenu } from "./user-menu";

export interface ShellLink {
  to: string;
  label: string;
  icon: LucideIcon;
  /** Current on that very address only, not on those under it. */
  isExact?: boolean;
}

export interface AppShellProps {
  person: SessionPerson;
  tenants: readonly ShellTenant[];
  current?: ShellTenant | undefined;
  links: readonly ShellLink[];
  isSidebarFolded: boolean;
  /** What the top bar says when the page has nothing of its own to put there. */
  title: string;
  /** What everybody must see on every page of this frame. */
  banner?: ReactNode;
  /** What stands at the foot of every page of this frame, also of those that fill the window. */
  foot?: ((page: { isFullHeight: boolean }) => ReactNode) | undefined;
  children: ReactNode;
}

/** The frame of everything behind the sign-in: side bar, top bar, main. */
export function AppShell({ isSidebarFolded, title, banner, foot, children, ...sidebarProps }: AppShellProps) {
  const sidebar = useSidebarState(isSidebarFolded);
  const { sidebar: Slot, topBar: TopBar, isFullHeight = false } = useShellHandle();
  return (
    <SessionProvider value={sidebarProps.person}>
      <div
        className={classNames(
          "flex min-h-dvh noscript:max-md:flex-col",
          isFullHeight && "md:h-dvh max-md:h-dvh",
        )}
      >
        <SkipLink />
        <Sidebar {...sidebarProps} state={sidebar}>
          {Slot && <Slot />}
        </Sidebar>
        <div className="flex min-w-0 flex-1 flex-col" {...(sidebar.isDrawerOpen && { inert: "" })}>
          <header className="sticky top-0 z-20 flex h-14 shrink-0 items-center gap-2 border-line border-b bg-canvas px-3">
            <IconButton
              label={sidebar.isFolded ? "Show side bar" : "Side bar"}
              icon={<PanelLeft />}
              aria-controls="sidebar"
              onClick={sidebar.toggle}
              className="noscript:hidden"
            />
            {TopBar ? <TopBar /> : <p className="truncate font-medium text-sm">{title}</p>}
          </header>
          {banner}
          <main
            id="main"
            tabIndex={-1}
            className={classNames(
              "flex min-h-0 flex-1 flex-col focus:outline-none",
              !isFullHeight && "mx-auto w-full max-w-page px-4 py-8 sm:px-8 sm:py-10",
            )}
          >
            {children}
          </main>
          {!isFullHeight && <ShellFooter />}
          {foot?.({ isFullHeight })}
        </div>
      </div>
    </SessionProvider>
  );
}

type SidebarProps = Pick<AppShellProps, "person" | "tenants" | "current" | "links"> & {
  state: SidebarState;
  children: ReactNode;
};

/** One element in both forms: a column on wide screens, a drawer over the page on narrow ones. */
function Sidebar({ person, tenants, current, links, state, children }: SidebarProps) {
  const drawer = useDrawer(state);
  return (
    <>
      {state.isDrawerOpen && (
        <div
          aria-hidden="true"
          onClick={state.closeDrawer}
          className="fixed inset-0 z-30 animate-fade-in bg-overlay/40 md:hidden"
        />
      )}
      <aside
        id="sidebar"
        ref={drawer}
        tabIndex={-1}
        aria-label="Side bar"
        className={classNames(
          "flex w-68 shrink-0 flex-col border-line border-r bg-sunken focus:outline-none md:sticky md:top-0 md:h-dvh",
          "max-md:noscript:static max-md:noscript:w-full max-md:fixed max-md:inset-y-0 max-md:left-0 max-md:z-40",
          state.isFolded && "md:hidden",
          state.isDrawerOpen
            ? "max-md:animate-slide-in-left max-md:shadow-raised"
            : "max-md:noscript:flex max-md:hidden",
        )}
      >
        <div className="flex h-14 shrink-0 items-center border-line border-b px-2">
          {tenants.length > 0 ? <TenantSwitch tenants={tenants} current={current} /> : <ShellHome />}
        </div>
        <nav aria-label="Main" className="flex flex-col gap-0.5 p-2">
          {links.map((link) => (
            <SidebarLink key={link.to} link={link} />
          ))}
        </nav>
        <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        <div className="shrink-0 border-line border-t p-2">
          <UserMenu person={person} />
        </div>
      </aside>
    </>
  );
}

function ShellHome() {
  return (
    <Link to="/" className="flex items-center gap-2.5 rounded-md p-2 font-semibold text-sm">
      <LogoMark /> Parley
    </Link>
  );
}

function SidebarLink({ link: { to, label, icon: Icon, isExact = false } }: { link: ShellLink }) {
  return (
    <NavLink
      to={to}
      end={isExact}
      prefetch="intent"
      className="flex items-center gap-2.5 rounded-md px-2.5 py-2 text-ink-muted text-sm hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink pointer-coarse:min-h-11"
    >
      <Icon aria-hidden="true" className="size-4 shrink-0" />
      <span className="min-w-0 truncate">{label}</span>
    </NavLink>
  );
}

function ShellFooter() {
  return (
    <footer className="mx-auto w-full max-w-page px-4 pb-6 text-ink-faint text-xs sm:px-8">
      <p>Parley. Agents can be wrong: check what matters.</p>
    </footer>
  );
}

/** The drawer takes the focus when it opens, gives it back when it closes, and closes on Escape. */
function useDrawer({ isDrawerOpen, closeDrawer }: SidebarState) {
  const element = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only opening and closing matter
  useEffect(() => {
    if (!isDrawerOpen) return;
    const opener = document.activeElement;
    element.current?.focus();
    const onKeyDown = (event: KeyboardEvent) => event.key === "Escape" && closeDrawer();
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, [isDrawerOpen]);
  return element;
}
