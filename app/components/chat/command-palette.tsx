// Everything by keyboard: actions, chats, agents, theme and account. Loaded when it is first opened.

import { useNavigate, useRouteLoaderData } from "@remix-run/react";
import { Command } from "cmdk";
import {
  Archive,
  ArrowDownToLine,
  Bot,
  Keyboard,
  LogOut,
  MessageSquare,
  Monitor,
  MonitorSmartphone,
  Moon,
  Search,
  SquarePen,
  Sun,
  TextSearch,
  UserRound,
} from "lucide-react";
import { useState } from "react";
import { isSwitchedOn, turnSwitch } from "~/components/shell/device-switch";
import { everyTenantLink } from "~/components/shell/tenant-nav";
import { applyTheme } from "~/components/shell/theme-switch";
import { Dialog, DialogContent } from "~/components/ui/dialog";
import { showToast } from "~/components/ui/toast-store";
import { AGENT_IDS, AGENT_PROFILES } from "../../../server/agents/terms";
import type { Permission } from "../../../server/tenants/terms";
import { useChatData, useConversationList } from "./chat-data";
import { placeOf, useChatSearch } from "./chat-search";
import { titleOf } from "./conversation-commands";
import { openOverlay } from "./overlay";
import { Group, Item } from "./palette-item";

const TENANT_ROUTE = "routes/t.$tenant";
const CHATS_SHOWN = 6;
const RESULTS_SHOWN = 8;
const FOLLOWED = "The end of an answer stays in view";
const NOT_FOLLOWED = "The page stays where you are while an answer is written";

export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState("");
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent title="Command palette" isTitleHidden className="max-w-xl overflow-hidden">
        <Command loop label="Command palette">
          <div className="flex items-center gap-3 border-line border-b px-4">
            <Search aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
            <Command.Input
              value={query}
              onValueChange={setQuery}
              placeholder="Type a command or search your chats…"
              className="h-13 w-full bg-transparent text-base outline-none sm:text-[15px]"
            />
          </div>
          <Command.List className="max-h-[min(26rem,60dvh)] overflow-y-auto p-2">
            <Command.Empty className="px-3 py-8 text-center text-ink-muted text-sm">
              Nothing found.
            </Command.Empty>
            <Actions onDone={onClose} />
            <Chats query={query} onDone={onClose} />
            <Messages query={query} onDone={onClose} />
            <Agents onDone={onClose} />
            <Workspace onDone={onClose} />
            <Looks onDone={onClose} />
            <Account onDone={onClose} />
          </Command.List>
        </Command>
      </DialogContent>
    </Dialog>
  );
}

interface GroupProps {
  onDone: () => void;
}

function Actions({ onDone }: GroupProps) {
  const { go, base } = useGo(onDone);
  return (
    <Group heading="Actions">
      <Item icon={SquarePen} label="New chat" shortcut="newChat" onSelect={() => go(`${base}/chat`)} />
      <Item icon={Search} label="Search all chats" onSelect={() => openOverlay("search")} />
      <Item icon={Archive} label="Archived chats" onSelect={() => go(`${base}/chat/archived`)} />
      <Item icon={Keyboard} label="Keyboard shortcuts" shortcut="help" onSelect={() => openOverlay("help")} />
      <Following onDone={onDone} />
    </Group>
  );
}

/** Whether the end of an answer stays in view while it is written. */
function Following({ onDone }: GroupProps) {
  const isOn = isSwitchedOn("following");
  const turn = () => {
    turnSwitch("following", !isOn);
    showToast({ id: "following", kind: "success", title: isOn ? NOT_FOLLOWED : FOLLOWED });
    onDone();
  };
  return (
    <Item
      icon={ArrowDownToLine}
      label={isOn ? "Stop scrolling with answers" : "Scroll with answers"}
      keywords={["auto-scroll", "follow"]}
      onSelect={turn}
    />
  );
}

/** The chats of the side bar; the palette itself finds among their titles. */
function Chats({ query, onDone }: GroupProps & { query: string }) {
  const { go, base } = useGo(onDone);
  const { items } = useConversationList();
  const listed = query.trim() === "" ? items.slice(0, CHATS_SHOWN) : items;
  return (
    <Group heading="Chats">
      {listed.map((item) => (
        <Item
          key={item.id}
          id={item.id}
          icon={MessageSquare}
          label={titleOf(item)}
          onSelect={() => go(`${base}/chat/${item.id}`)}
        />
      ))}
    </Group>
  );
}

/** What the search finds beyond the side bar: titles further back, and messages in their sentence. */
function Messages({ query, onDone }: GroupProps & { query: string }) {
  const { go, base } = useGo(onDone);
  const { items } = useConversationList();
  const { results } = useChatSearch(query);
  const listed = new Set(items.map((item) => item.id));
  const found = results.filter((result) => result.messageId !== null || !listed.has(result.conversationId));
  if (found.length === 0) return null;
  return (
    <Group heading="Found in chats">
      {found.slice(0, RESULTS_SHOWN).map((result) => (
        <Item
          key={`${result.conversationId} ${result.messageId}`}
          id={`${result.conversationId} ${result.messageId}`}
          icon={TextSearch}
          label={result.title ?? "Untitled chat"}
          detail={result.messageId === null ? undefined : result.snippet.map((part) => part.text).join("")}
          keywords={[query]}
          onSelect={() => go(base + placeOf(result))}
        />
      ))}
    </Group>
  );
}

function Agents({ onDone }: GroupProps) {
  const { go, base } = useGo(onDone);
  return (
    <Group heading="Start with an agent">
      {AGENT_IDS.map((id) => (
        <Item
          key={id}
          icon={Bot}
          label={AGENT_PROFILES[id].name}
          keywords={[AGENT_PROFILES[id].description]}
          onSelect={() => go(`${base}/chat?agent=${id}`)}
        />
      ))}
      <Item icon={Bot} label="What agents can do" onSelect={() => go(`${base}/agents`)} />
    </Group>
  );
}

/** The pages of the workspace that this person may open. */
function Workspace({ onDone }: GroupProps) {
  const { go } = useGo(onDone);
  const { tenantSlug } = useChatData();
  const frame = useRouteLoaderData<{ permissions: Permission[]; hasBilling: boolean }>(TENANT_ROUTE);
  const links = everyTenantLink(tenantSlug, frame?.permissions ?? [], frame?.hasBilling ?? false);
  return (
    <Group heading="This workspace">
      {links.map(({ to, label, icon }) => (
        <Item key={to} icon={icon} label={label} onSelect={() => go(to)} />
      ))}
    </Group>
  );
}

function Looks({ onDone }: GroupProps) {
  const choose = (theme: "light" | "system" | "dark") => () => {
    applyTheme(theme);
    onDone();
  };
  return (
    <Group heading="Theme">
      <Item icon={Sun} label="Light theme" onSelect={choose("light")} />
      <Item icon={Moon} label="Dark theme" onSelect={choose("dark")} />
      <Item icon={Monitor} label="Theme of the system" onSelect={choose("system")} />
    </Group>
  );
}

function Account({ onDone }: GroupProps) {
  const { go } = useGo(onDone);
  return (
    <Group heading="Account">
      <Item
        icon={UserRound}
        label="Profile"
        keywords={["Your own settings"]}
        shortcut="settings"
        onSelect={() => go("/account/profile")}
      />
      <Item icon={MonitorSmartphone} label="Sessions" onSelect={() => go("/account/sessions")} />
      <Item icon={LogOut} label="Sign out" onSelect={() => go("/logout")} />
    </Group>
  );
}

function useGo(onDone: () => void): { go: (to: string) => void; base: string } {
  const navigate = useNavigate();
  const { tenantSlug } = useChatData();
  const go = (to: string) => {
    onDone();
    navigate(to);
  };
  return { go, base: `/t/${tenantSlug}` };
}
