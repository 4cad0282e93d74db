/** The first stop of the Tab key: jumps over the navigation to `<main id="main">`. */
export function SkipLink() {
  return (
    <a
      href="#main"
      className="fixed top-3 left-3 z-50 -translate-y-20 rounded-md bg-accent px-4 py-2 font-medium text-on-accent text-sm focus-visible:translate-y-0"
    >
      Skip to content
    </a>
  );
}
