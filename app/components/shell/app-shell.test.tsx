import { createRemixStub } from "@remix-run/testing";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Home } from "lucide-react";
import { expect, test } from "vitest";
import { AppShell } from "./app-shell";

const PERSON = { name: "Ada Lovelace", email: "ada@example.com" };
const TENANTS = [
  { slug: "acme", name: "Acme", role: "owner" },
  { slug: "globex", name: "Globex", role: "viewer" },
];

function renderShell(tenants = TENANTS) {
  const Stub = createRemixStub([
    {
      path: "/",
      handle: { sidebar: () => <p>Conversations</p> },
      Component: () => (
        <AppShell
          person={PERSON}
          tenants={tenants}
          current={tenants[0]}
          links={[{ to: "/", label: "Home", icon: Home }]}
          isSidebarFolded={false}
          title="Acme"
        >
          <h1>Welcome</h1>
        </AppShell>
      ),
    },
  ]);
  render(<Stub />);
}

test("the frame has one main, named navigation, and a skip link that comes first", async () => {
  renderShell();
  expect(screen.getByRole("main").id).toBe("main");
  expect(screen.getByRole("navigation", { name: "Main" })).toBeDefined();
  await userEvent.tab();
  expect(document.activeElement?.getAttribute("href")).toBe("#main");
});

test("a page's handle fills the side bar", () => {
  renderShell();
  expect(screen.getByRole("complementary").textContent).toContain("Conversations");
});

test("several workspaces can be switched, one alone is only named", () => {
  renderShell();
  expect(screen.getByText("Your workspaces")).toBeDefined();
});

test("the drawer of narrow screens takes the focus and closes on Escape", async () => {
  renderShell();
  const opener = screen.getByRole("button", { name: "Side bar" });
  await userEvent.click(opener);
  expect(document.activeElement?.id).toBe("sidebar");
  await userEvent.keyboard("{Escape}");
  expect(document.activeElement).toBe(opener);
});
