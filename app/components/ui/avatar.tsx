import { classNames } from "./class-names";

/** The first letters of the first and last word, by grapheme, so that accents and emoji stay whole. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words.slice(0, 1);
  return chosen.map((word) => firstGrapheme(word ?? "").toLocaleUpperCase()).join("") || "?";
}

function firstGrapheme(word: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word);
  return first?.segment ?? "";
}

export interface AvatarProps {
  name: string;
  /** People are round, tenants and agents are square. */
  shape?: "round" | "square";
  size?: "sm" | "md" | "lg";
  /** Address of a picture to show in place of the initials. */
  src?: string | undefined;
  className?: string;
}

const SIZE_CLASSES = { sm: "size-6 text-[10px]", md: "size-8 text-xs", lg: "size-12 text-base" };

/** A picture, or initials on the accent's soft tone. Decoration: the name stands beside it. */
export function Avatar({ name, shape = "round", size = "md", src, className }: AvatarProps) {
  if (src !== undefined) {
    const look = classNames(
      "inline-block shrink-0 bg-sunken object-cover",
      shape === "round" ? "rounded-full" : "rounded-md",
      SIZE_CLASSES[size],
      className,
    );
    return <img src={src} alt="" className={look} />;
  }
  return (
    <span
      aria-hidden="true"
      className={classNames(
        "inline-flex shrink-0 select-none items-center justify-center font-semibold",
        "bg-accent-soft text-accent-ink",
        shape === "round" ? "rounded-full" : "rounded-md",
        SIZE_CLASSES[size],
        className,
      )}
    >
      {initialsOf(name)}
    </span>
  );
}
