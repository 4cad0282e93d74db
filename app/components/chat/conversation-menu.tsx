import { Ellipsis } from "lucide-react";
import { lazy, useState } from "react";
import { IconButton } from "~/components/ui/icon-button";
import { titleOf } from "./conversation-commands";
import type { ConversationMenuProps } from "./conversation-menu-items";
import { LazyBoundary } from "./lazy-boundary";

const loadItems = () => import("./conversation-menu-items");
const Items = lazy(loadItems);

/** A button; its menu is loaded when the pointer or the focus comes near, and opens with the first press. */
export function ConversationMenu(props: ConversationMenuProps) {
  const [isAsked, setAsked] = useState(false);
  const prepare = () => void loadItems().catch(() => undefined);
  const button = (
    <IconButton
      label={`More for ${titleOf(props.item)}`}
      title="More"
      size="sm"
      icon={<Ellipsis />}
      aria-haspopup="menu"
      aria-expanded={isAsked}
      onPointerEnter={prepare}
      onFocus={prepare}
      onClick={() => setAsked(true)}
      className={props.className}
    />
  );
  if (!isAsked) return button;
  return (
    <LazyBoundary fallback={button}>
      <Items {...props} />
    </LazyBoundary>
  );
}
