import { Component, type ReactNode, Suspense } from "react";
import { showToast } from "~/components/ui/toast-store";

interface LazyBoundaryProps {
  /** Shown while the part is loaded, and again when it could not be. */
  fallback: ReactNode;
  onFailed?: () => void;
  children: ReactNode;
}

/** A part that is loaded when it is wanted. When that fails (offline, a new release), the rest of the page stands. */
export class LazyBoundary extends Component<LazyBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidCatch() {
    showToast({
      id: "lazy-part",
      kind: "error",
      title: "This part could not be loaded",
      description: "Check your connection, or reload the page.",
    });
    this.props.onFailed?.();
  }

  override render() {
    const { fallback, children } = this.props;
    return this.state.hasFailed ? fallback : <Suspense fallback={fallback}>{children}</Suspense>;
  }
}
