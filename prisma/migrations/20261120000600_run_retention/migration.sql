-- Events and steps of runs that ended long ago are swept by age. They are written in the order of time, so that a block
-- range index finds the old ones and costs next to nothing on insert.
CREATE INDEX "run_events_created_at_idx" ON "run_events" USING BRIN ("created_at");
CREATE INDEX "run_steps_started_at_idx" ON "run_steps" USING BRIN ("started_at");
