-- Counters of the rate limits where no Redis is set. Unlogged: a crash may forget counts, and no request waits for the log.
CREATE UNLOGGED TABLE "rate_limit_windows" (
    "key" TEXT NOT NULL,
    "hits" INTEGER NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_limit_windows_pkey" PRIMARY KEY ("key")
);
-- Rows change in place, on their own page.
ALTER TABLE rate_limit_windows SET (fillfactor = 70);
