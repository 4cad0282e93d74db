// TeX, drawn by KaTeX once it is needed: the library and its fonts load with the first formula. Until then, and when
// TeX is faulty, the source is shown.

import { useEffect, useRef } from "react";

interface MathProps {
  tex: string;
  isDisplay: boolean;
}

export function Formula({ tex, isDisplay }: MathProps) {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let isCurrent = true;
    import("./katex")
      .then(({ drawMath }) => {
        if (isCurrent && element.current !== null) drawMath(element.current, tex, isDisplay);
      })
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [tex, isDisplay]);
  const source = <code className="md-tex">{tex}</code>;
  return (
    <span className={isDisplay ? "md-math md-math-display" : "md-math"} data-tex={tex}>
      {/* React owns the source, KaTeX the drawing beside it: neither touches the other's nodes. */}
      <span className="md-math-source">{source}</span>
      <span ref={element} className="md-math-drawing" />
    </span>
  );
}
